using Kontena.Contracts.Logs;
using Kontena.NodeAgent.Logs;
using Kontena.NodeAgent.Tests.Support;
using Xunit;

namespace Kontena.NodeAgent.Tests.Logs;

public class LogBufferTests
{
    private static LogLine Line(int number, string? text = null, string container = "c1") => new()
    {
        Stack = "shop", Service = "web", Instance = 1, InstanceId = Some.Id(1), ContainerName = "shop.web-1", ContainerId = container,
        At = Some.Noon.AddMilliseconds(number), Stream = "stdout", Text = text ?? $"line {number}",
    };

    [Fact]
    public void A_full_buffer_drops_its_oldest_lines_and_says_how_many()
    {
        var buffer = new LogBuffer();
        for (var number = 1; number <= LogBuffer.MaxLines + 7; number++)
            buffer.Add(Line(number));

        var batch = buffer.Take();

        Assert.Contains("7 lines", batch[0].Text, StringComparison.Ordinal);
        Assert.Equal("line 8", batch[1].Text);
    }

    [Fact]
    public void A_batch_has_at_most_200_lines_or_64_KB_but_at_least_one()
    {
        var buffer = new LogBuffer();
        for (var number = 1; number <= 300; number++)
            buffer.Add(Line(number));
        Assert.Equal(200, buffer.Take().Count);
        Assert.Equal(100, buffer.Take().Count);
        for (var number = 1; number <= 10; number++)
            buffer.Add(Line(number, new string('x', LogBuffer.MaxLine + 5)));

        var batch = buffer.Take();

        Assert.Equal(4, batch.Count);
        Assert.All(batch, line => Assert.Equal(LogBuffer.MaxLine, line.Text.Length));
    }

    [Fact]
    public void Text_is_bounded_over_all_lines_too()
    {
        var buffer = new LogBuffer();
        for (var number = 1; number <= 2000; number++)
            buffer.Add(Line(number, new string('x', LogBuffer.MaxLine)));

        var kept = 0;
        while (buffer.Take() is { Count: > 0 } batch)
            kept += batch.Sum(line => line.Text.Length);

        Assert.True(kept <= LogBuffer.MaxText + 1000, $"{kept}");
    }
}

using Kontena.Docker;
using Kontena.NodeAgent.Instances;
using Kontena.NodeAgent.Tests.Support;
using Kontena.Testing;
using Kontena.Testing.Docker;
using Xunit;

namespace Kontena.NodeAgent.Tests.Instances;

public class BackoffTests
{
    [Fact]
    public void Exits_wait_longer_each_time_and_at_most_half_a_minute() =>
        Assert.Equal([0, 1, 4, 9, 16, 25, 30, 30], Enumerable.Range(0, 8).Select(exits => Backoff.AfterExit(exits).TotalSeconds));

    [Fact]
    public void Last_lines_are_bounded_and_the_newest_stay()
    {
        var lines = LastLines.Bound([.. Enumerable.Range(1, 30).Select(number => $"{number} " + new string('x', 400))]);

        Assert.StartsWith("30 ", lines[^1], StringComparison.Ordinal);
        Assert.True(lines.Count <= LastLines.MaxLines && lines.Sum(line => line.Length) <= LastLines.MaxText);
    }

    [Fact]
    public async Task Last_lines_are_those_of_the_run_that_ended_where_it_wrote_any()
    {
        var clock = new TestClock(Some.Noon);
        var engine = new FakeContainerEngine(clock);
        engine.AddImage(TinyImages.Tiny1);
        var token = TestContext.Current.CancellationToken;
        var id = (await engine.CreateContainerAsync("x", new ContainerConfig { Image = TinyImages.Tiny1 }, token)).Id;
        await engine.StartContainerAsync(id, token);
        engine.Write("x", "first run");
        clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(["first run"], await LastLines.ReadAsync(engine, id, token, clock.GetUtcNow()));
        engine.Write("x", "second run");
        Assert.Equal(["second run"], await LastLines.ReadAsync(engine, id, token, clock.GetUtcNow()));
    }

    [Fact]
    public void An_exit_for_lack_of_memory_is_named()
    {
        var text = LastLines.Explain(Some.Container(running: false) with { OomKilled = true, ExitCode = 137 }, ["last"]);

        Assert.Contains("used all its memory (exit code 137)", text, StringComparison.Ordinal);
        Assert.EndsWith("last", text, StringComparison.Ordinal);
    }
}

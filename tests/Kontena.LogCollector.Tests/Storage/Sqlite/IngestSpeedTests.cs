using System.Diagnostics;

namespace Kontena.LogCollector.Tests.Storage.Sqlite;

public sealed class IngestSpeedTests(ITestOutputHelper output)
{
    /// <summary>A machine that does nothing else takes in over 40,000 lines a second; the test allows for one that does.</summary>
    [Fact]
    public async Task Lines_go_in_far_faster_than_a_busy_grid_writes_them()
    {
        const int senders = 8, batches = 40, lines = 200;
        await using var logs = new StoreOnDisk();
        var text = string.Join(' ', Enumerable.Repeat("GET /cart/items 200 12ms", 4));
        await logs.AddAsync(LogLines.Batch(["warm up"]));

        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, senders).Select(sender => Task.Run(async () =>
        {
            for (var batch = 0; batch < batches; batch++)
                await logs.AddAsync(LogLines.Batch(Enumerable.Repeat(text, lines), service: $"s{sender}", at: LogLines.Noon.AddMinutes(batch)));
        })));
        var speed = senders * batches * lines / watch.Elapsed.TotalSeconds;

        output.WriteLine($"{speed:0} lines a second");
        Assert.True(speed > 5_000, $"{speed:0} lines a second");
    }
}

using Kontena.Contracts.Stats;
using Kontena.LogCollector.Stats;
using Kontena.Testing;

namespace Kontena.LogCollector.Tests.Stats;

public sealed class LatestMeasurementsTests
{
    private readonly TestClock _clock = new();

    [Fact]
    public void The_newest_of_each_node_counts_whatever_the_order_of_arrival()
    {
        var latest = new LatestMeasurements(_clock);
        latest.Take(Measured("core-01", seconds: -10, cores: 1));
        latest.Take(Measured("core-02", seconds: -10, cores: 2));
        latest.Take(Measured("core-01", seconds: 0, cores: 3));
        latest.Take(Measured("core-01", seconds: -5, cores: 4));
        latest.Take(Measured("core-09", seconds: 0, cores: 9, grid: "other"));

        Assert.Equal([("core-01", 3), ("core-02", 2)], latest.Of("main").Nodes.Select(one => (one.Node, one.NodeStats!.Cores)));
    }

    [Fact]
    public void What_a_silent_node_said_is_not_the_newest_for_ever()
    {
        var latest = new LatestMeasurements(_clock);
        latest.Take(Measured("core-01", seconds: 0, cores: 1));
        _clock.Advance(LatestMeasurements.FreshFor + TimeSpan.FromSeconds(1));

        Assert.Empty(latest.Of("main").Nodes);
    }

    private StatsBatch Measured(string node, int seconds, int cores, string grid = "main") =>
        new() { Grid = grid, Node = node, At = _clock.GetUtcNow().AddSeconds(seconds), NodeStats = new NodeStats { Cores = cores } };
}

using Kontena.Contracts.Stats;
using Kontena.LogCollector.Measurements;

namespace Kontena.LogCollector.Tests.Measurements;

/// <summary>How measurements become rows (rest-api.md §18.2).</summary>
public sealed class MinuteTotalsTests
{
    private static readonly DateTimeOffset Noon = LogLines.Noon;

    [Fact]
    public void What_one_node_measured_within_a_minute_is_averaged()
    {
        var row = Assert.Single(Rows([Node(0, user: 10, system: 5, free: 40), Node(30, user: 20, system: 5.005, free: 60)]));

        Assert.Equal((Noon, 20.0, 4), (row.At, row.CpuUsed, row.Cores));
        Assert.Equal((50, 100, 50), (row.MemoryUsed, row.MemoryTotal, row.MemoryFree));
        Assert.Equal((30L, 50L), (row.DiskUsed, row.DiskTotal));
        Assert.Equal(["wg"], row.Internal.Interfaces);
        Assert.Equal((15, 1.5), (row.Internal.RxBytes, row.Internal.RxBytesPerSecond));
    }

    [Fact]
    public void Nodes_are_summed_and_minutes_go_up()
    {
        var totals = new MinuteTotals(withDisk: true);
        totals.AddNode([Node(60, user: 1), Node(0, user: 10)]);
        totals.AddNode([Node(5, user: 30), Node(10, user: 50)]);

        var rows = totals.Rows();

        Assert.Equal([(Noon, 50.0, 8), (Noon.AddMinutes(1), 1.0, 4)], rows.Select(row => (row.At, row.CpuUsed, row.Cores)));
        Assert.Equal([200L, 100L], rows.Select(row => row.MemoryTotal));
    }

    [Fact]
    public void Containers_are_summed_and_the_cores_of_their_node_count_once()
    {
        var totals = new MinuteTotals(withDisk: false);
        totals.AddNode([Container("a", 0, 10), Container("a", 30, 20), Container("b", 0, 5)]);
        totals.AddNode([Container("c", 0, 1)]);

        var row = Assert.Single(totals.Rows());

        Assert.Equal((21.0, 8), (row.CpuUsed, row.Cores));
        Assert.Equal((300, 30, 0), (row.Internal.RxBytes, row.MemoryUsed, row.MemoryFree));
        Assert.Null(row.DiskUsed);
        Assert.Null(row.DiskTotal);
    }

    [Fact]
    public void Limits_that_mean_none_do_not_wrap_around()
    {
        var totals = new MinuteTotals(withDisk: false);
        totals.AddNode([Container("a", 0, 1, long.MaxValue), Container("b", 0, 1, long.MaxValue)]);

        Assert.Equal(long.MaxValue, Assert.Single(totals.Rows()).MemoryTotal);
    }

    [Fact]
    public void Whatever_a_node_says_a_row_can_be_told()
    {
        var row = Assert.Single(Rows([Node(0, user: double.MaxValue, system: double.MaxValue), Node(1, user: -double.MaxValue, system: -double.MaxValue)]));
        Assert.Equal(0, row.CpuUsed);
        Assert.Equal(double.MaxValue, Assert.Single(Rows([Node(0, user: double.MaxValue, system: double.MaxValue)])).CpuUsed);
    }

    [Fact]
    public void Names_of_interfaces_are_at_most_sixteen()
    {
        List<string> names = [new string('x', 1_000_000), .. Enumerable.Range(0, 40).Select(number => $"if{number}")];
        var measured = Node(0) with { External = names };

        Assert.Equal(16, Assert.Single(Rows([measured])).External.Interfaces.Count);
    }

    [Theory]
    [InlineData(-1, "ends before it begins")]
    [InlineData(24 * 60 * 60 + 1, "longer than 24 hours")]
    public void A_stretch_that_makes_no_sense_is_refused(int seconds, string reason) =>
        Assert.Contains(reason, MetricsBounds.WhyNot(new QueryMetrics { Grid = "main", From = Noon, To = Noon.AddSeconds(seconds) }));

    [Fact]
    public void A_question_is_for_one_thing()
    {
        var query = new QueryMetrics { Grid = "main", From = Noon, To = Noon.AddDays(1) };

        Assert.Null(MetricsBounds.WhyNot(query));
        Assert.Null(MetricsBounds.WhyNot(query with { Stack = "shop", Service = "web" }));
        Assert.NotNull(MetricsBounds.WhyNot(query with { Service = "web" }));
        Assert.NotNull(MetricsBounds.WhyNot(query with { Node = "core-01", Stack = "shop", Service = "web" }));
    }

    private static IReadOnlyList<MetricsMinute> Rows(IEnumerable<Measurement> measured)
    {
        var totals = new MinuteTotals(withDisk: true);
        totals.AddNode(measured);
        return totals.Rows();
    }

    private static Measurement Node(int second, double user = 0, double system = 0, long free = 0) => Measurement.OfNode(Noon.AddSeconds(second), new NodeStats
    {
        MemoryTotal = 100,
        MemoryFree = free,
        CpuUser = user,
        CpuSystem = system,
        Cores = 4,
        DiskTotal = 50,
        DiskFree = 20,
        Internal = new NetworkReading { Interfaces = ["wg"], RxBytes = second, RxBytesPerSecond = second / 10.0 },
    });

    private static Measurement Container(string id, int second, double cpu, long limit = 100) => Measurement.OfContainer(Noon.AddSeconds(second), 4, new ContainerStats
    {
        Stack = "shop", Service = "web", Instance = 1, InstanceId = id, ContainerId = id, CpuPercent = cpu, MemoryUsage = 10, MemoryLimit = limit, NetworkRx = 100,
    });
}

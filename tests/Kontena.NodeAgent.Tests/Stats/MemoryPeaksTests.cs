using Kontena.Contracts.Nodes;
using Kontena.Contracts.Stats;
using Kontena.NodeAgent.Stats;
using Xunit;

namespace Kontena.NodeAgent.Tests.Stats;

public sealed class MemoryPeaksTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_largest_container_of_a_service_counts_for_an_hour()
    {
        var peaks = new MemoryPeaks();
        peaks.Take([Of("web", 100), Of("web", 300), Of("db", 50)], Start);
        Assert.Equal([new MemoryPeak("shop", "web", 300), new MemoryPeak("shop", "db", 50)], peaks.TakeNews()!);
        peaks.Take([Of("web", 200)], Start.AddMinutes(54));
        Assert.Equal([new MemoryPeak("shop", "web", 300), new MemoryPeak("shop", "db", 50)], peaks.TakeNews()!);
        peaks.Take([Of("web", 150)], Start.AddMinutes(66));
        Assert.Equal([new MemoryPeak("shop", "web", 200)], peaks.TakeNews()!);
    }

    [Fact]
    public void Each_measurement_is_told_once_and_only_so_many()
    {
        var peaks = new MemoryPeaks();
        Assert.Null(peaks.TakeNews());
        peaks.Take([.. Enumerable.Range(1, NodeHeartbeat.MostPeaks + 5).Select(number => Of($"s{number}", number))], Start);
        var told = peaks.TakeNews()!;
        Assert.Equal((NodeHeartbeat.MostPeaks, 6L), (told.Count, told[^1].Bytes));
        Assert.Null(peaks.TakeNews());
    }

    private static ContainerStats Of(string service, long bytes) =>
        new() { Stack = "shop", Service = service, Instance = 1, InstanceId = "i", ContainerId = "c", MemoryUsage = bytes };
}

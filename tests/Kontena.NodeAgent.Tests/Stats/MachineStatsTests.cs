using Kontena.Docker;
using Kontena.NodeAgent.Stats;
using Xunit;

namespace Kontena.NodeAgent.Tests.Stats;

public sealed class MachineStatsTests : IDisposable
{
    private readonly string _proc = Directory.CreateTempSubdirectory("kontena-proc-").FullName;

    public void Dispose() => Directory.Delete(_proc, recursive: true);

    private void Write(string cpu)
    {
        File.WriteAllText(Path.Combine(_proc, "meminfo"), "MemTotal:       2048 kB\nMemFree:        1024 kB\nActive:  600 kB\nInactive:  300 kB\nBuffers:  16 kB\nCached:  512 kB\n");
        File.WriteAllText(Path.Combine(_proc, "loadavg"), "0.50 0.25 0.10 1/100 1234\n");
        File.WriteAllText(Path.Combine(_proc, "stat"), $"cpu  {cpu}\ncpu0 1 1 1 1\ncpu1 1 1 1 1\nintr 5\n");
    }

    [Fact]
    public void Percentages_are_between_two_readings_and_of_one_core()
    {
        var machine = new MachineStats(_proc);
        Write("1000 0 500 8000 0 0 0 0 0 0");
        var first = machine.Read("/", 100);
        Write("1500 0 600 9000 0 0 0 0 0 0");

        var second = machine.Read("/", 110);

        Assert.Equal((0, 0), (first.CpuUser, first.CpuSystem));
        Assert.Equal((50, 10, 100), (second.CpuUser, second.CpuSystem, second.CpuIdle));
        Assert.Equal((2, 2048 * 1024, 0.5), (second.Cores, second.MemoryTotal, second.Load1));
        Assert.Equal((600 * 1024, 300 * 1024), (second.MemoryActive, second.MemoryInactive));
        Assert.True(second.DiskTotal > 0);
    }

    [Fact]
    public void What_goes_between_nodes_and_out_of_the_machine_is_counted_apart()
    {
        var machine = new MachineStats(_proc);
        Directory.CreateDirectory(Path.Combine(_proc, "net"));
        File.WriteAllText(Path.Combine(_proc, "net/route"),
            "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\n"
            + "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\n" + "eth1\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\n");
        Write("1 0 1 1 0 0 0 0 0 0");
        Interfaces(1_000, 100);
        var first = machine.Read("/", 100);
        Interfaces(1_250, 90);

        var second = machine.Read("/", 110);

        Assert.Equal(("kontena-w0a1b2c", 100, 0.0), (Assert.Single(first.Internal!.Interfaces), first.Internal.RxBytes, first.Internal.RxBytesPerSecond));
        Assert.Equal(("eth0", 1_250, 25.0), (Assert.Single(second.External!.Interfaces), second.External.RxBytes, second.External.RxBytesPerSecond));
        Assert.Equal((1_251, 25.0), (second.External.TxBytes, second.External.TxBytesPerSecond));
        // The link was made anew.
        Assert.Equal((90, 0.0), (second.Internal!.RxBytes, second.Internal.RxBytesPerSecond));
    }

    [Fact]
    public void A_machine_that_tells_nothing_of_its_interfaces_has_none()
    {
        Write("1 0 1 1 0 0 0 0 0 0");

        var stats = new MachineStats(_proc).Read("/", 1);

        Assert.Empty(stats.Internal!.Interfaces);
        Assert.Equal((0, 0.0), (stats.External!.RxBytes, stats.External.TxBytesPerSecond));
    }

    private void Interfaces(long eth, long link) => File.WriteAllText(Path.Combine(_proc, "net/dev"),
        "Inter-|   Receive                                                |  Transmit\n face |bytes    packets errs drop fifo frame compressed multicast|bytes packets\n"
        + string.Concat(new[] { ("lo", 7L), ("eth0", eth), ("eth1", eth), ("kontena-w0a1b2c", link), ("kontena-b0a1b2c", link), ("docker0", eth) }
            .Select(one => $"{one.Item1,6}: {one.Item2} 1 0 0 0 0 0 0 {one.Item2 + 1} 1 0 0 0 0 0 0\n")));

    [Fact]
    public void A_containers_share_of_a_core_comes_from_two_samples()
    {
        var at = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var before = new ContainerStatsSample { At = at, CpuTotal = 1_000_000_000 };
        var now = new ContainerStatsSample { At = at.AddSeconds(10), CpuTotal = 6_000_000_000 };

        Assert.Equal(50, StatsReporter.CpuPercent(before, now));
        Assert.Equal(0, StatsReporter.CpuPercent(null, now));
        Assert.Equal(0, StatsReporter.CpuPercent(now, before with { At = now.At.AddSeconds(1) }));
    }

    [Fact]
    public void How_fast_bytes_come_is_told_from_two_samples()
    {
        var at = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var before = new ContainerStatsSample { At = at, NetworkRx = 1_000 };
        var now = new ContainerStatsSample { At = at.AddSeconds(10), NetworkRx = 1_025 };

        Assert.Equal(2.5, StatsReporter.PerSecond(before, now, one => one.NetworkRx));
        Assert.Equal(0, StatsReporter.PerSecond(before, now, one => one.NetworkTx));
        Assert.Equal(0, StatsReporter.PerSecond(null, now, one => one.NetworkRx));
        Assert.Equal(0, StatsReporter.PerSecond(now, before with { At = now.At.AddSeconds(10) }, one => one.NetworkRx));
        Assert.Equal(0, StatsReporter.PerSecond(before, now with { At = at }, one => one.NetworkRx));
    }
}

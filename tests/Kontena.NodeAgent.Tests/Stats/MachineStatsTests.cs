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
        File.WriteAllText(Path.Combine(_proc, "meminfo"), "MemTotal:       2048 kB\nMemFree:        1024 kB\nBuffers:  16 kB\nCached:  512 kB\n");
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
        Assert.True(second.DiskTotal > 0);
    }

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

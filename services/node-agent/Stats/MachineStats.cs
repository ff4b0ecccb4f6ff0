using System.Globalization;
using Kontena.Contracts.Stats;

namespace Kontena.NodeAgent.Stats;

/// <summary>Reads the machine's memory, load, CPU, disk and network from /proc. Percentages and bytes a second are between two readings.</summary>
internal sealed class MachineStats(string proc = "/proc")
{
    private (double User, double System, double Idle)? _before;
    private double _beforeAt;
    private readonly InterfaceStats _network = new(proc);

    /// <param name="diskPath">Where the engine keeps its data.</param>
    public NodeStats Read(string diskPath, double seconds)
    {
        var memory = Memory(File.ReadLines(Path.Combine(proc, "meminfo")));
        var load = File.ReadAllText(Path.Combine(proc, "loadavg")).Split(' ').Take(3).Select(Number).ToArray();
        var lines = File.ReadAllLines(Path.Combine(proc, "stat"));
        var cpu = Cpu(lines[0]);
        var (user, system, idle) = _before is { } before && seconds > _beforeAt
            ? (Percent(cpu.User - before.User, seconds - _beforeAt), Percent(cpu.System - before.System, seconds - _beforeAt), Percent(cpu.Idle - before.Idle, seconds - _beforeAt))
            : (0, 0, 0);
        (_before, _beforeAt) = (cpu, seconds);
        var (links, ways) = _network.Read(seconds);
        var disk = new DriveInfo(Directory.Exists(diskPath) ? diskPath : "/");
        return new NodeStats
        {
            MemoryTotal = memory.GetValueOrDefault("MemTotal"),
            MemoryFree = memory.GetValueOrDefault("MemFree"),
            MemoryCached = memory.GetValueOrDefault("Cached"),
            MemoryBuffers = memory.GetValueOrDefault("Buffers"),
            Load1 = load[0],
            Load5 = load[1],
            Load15 = load[2],
            CpuUser = user,
            CpuSystem = system,
            CpuIdle = idle,
            Cores = lines.Count(line => line.StartsWith("cpu", StringComparison.Ordinal)) - 1,
            DiskPath = diskPath,
            DiskTotal = disk.TotalSize,
            DiskFree = disk.AvailableFreeSpace,
            MemoryActive = memory.GetValueOrDefault("Active"),
            MemoryInactive = memory.GetValueOrDefault("Inactive"),
            Internal = links,
            External = ways,
        };
    }

    /// <summary>Ticks are hundredths of a second, so ticks per second are percent of one core.</summary>
    private static double Percent(double ticks, double seconds) => Math.Round(Math.Max(0, ticks / seconds), 1);

    private static Dictionary<string, long> Memory(IEnumerable<string> lines) =>
        lines.Select(line => line.Split(':', 2))
            .Where(parts => parts.Length == 2)
            .ToDictionary(parts => parts[0], parts => (long)Number(parts[1].Trim().Split(' ')[0]) * 1024);

    private static (double User, double System, double Idle) Cpu(string line)
    {
        var ticks = line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(Number).ToArray();
        return (ticks[0] + ticks[1], ticks[2] + ticks[5] + ticks[6], ticks[3] + ticks[4]);
    }

    private static double Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : 0;
}

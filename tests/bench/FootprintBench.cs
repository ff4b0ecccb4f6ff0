using System.Diagnostics;

namespace Kontena.Bench;

/// <summary>What the platform's processes cost while nothing happens, and how long they and the client take to start.</summary>
internal sealed class FootprintBench(IReadOnlyList<int> processes, PlatformClient platform, string image, int runs, TimeProvider time)
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(20);

    /// <summary>Long enough for everything that happens every ten seconds to happen as often as it should.</summary>
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(20);

    public async Task<IReadOnlyList<Row>> RunAsync(IReadOnlyList<int> sizes, CancellationToken cancellationToken)
    {
        var rows = new List<Row>();
        foreach (var size in sizes)
        {
            if (size > 0)
            {
                await platform.CreateServiceAsync("bench", image, size, cancellationToken);
                await platform.DeployAsync("bench", cancellationToken);
            }

            await Task.Delay(Settling, time, cancellationToken);
            List<double> resident = [], cpu = [];
            for (var run = 1; run <= runs; run++)
            {
                Report.Progress($"at rest with {size} instances", run, runs);
                var before = CpuSeconds();
                await Task.Delay(Watched, time, cancellationToken);
                cpu.Add((CpuSeconds() - before) / Watched.TotalSeconds * 100);
                resident.Add(processes.Sum(ResidentMegabytes));
            }

            rows.Add(new Row($"resident, {size} instances", "MB", Row.Median(resident), null, null));
            rows.Add(new Row($"cpu at rest, {size} instances", "%", Row.Median(cpu), null, null));
            if (size > 0)
                await platform.RemoveAsync("bench", cancellationToken);
        }

        return rows;
    }

    /// <summary>Median wall time of a command over several runs, in milliseconds.</summary>
    public static async Task<double> CommandAsync(int runs, string program, params string[] arguments)
    {
        var times = new List<double>();
        for (var run = 0; run <= runs; run++)
        {
            var start = Stopwatch.GetTimestamp();
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            if (run > 0)                                            // the first run only warms the page cache
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return Row.Median(times);
    }

    private static double ResidentMegabytes(int pid)
    {
        var line = File.ReadLines($"/proc/{pid}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) / 1024;
    }

    private double CpuSeconds() => processes.Sum(pid =>
    {
        using var process = Process.GetProcessById(pid);
        return process.TotalProcessorTime.TotalSeconds;
    });
}

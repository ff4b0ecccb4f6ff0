using Microsoft.Extensions.Hosting;

namespace Kontena.NodeAgent.Memory;

/// <summary>After work, gives what it took of memory back to the machine. The collector would keep it for the next time, and at rest that is long in coming.</summary>
internal sealed class MemoryReturn(TimeProvider time) : BackgroundService
{
    internal static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var course = new MemoryCourse();
        using var timer = new PeriodicTimer(Every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (course.IsTimeToReturn(GC.GetTotalAllocatedBytes(), GC.GetTotalMemory(forceFullCollection: false)))
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }
    }
}

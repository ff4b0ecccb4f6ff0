using System.Collections.Concurrent;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Stats;
using Kontena.Docker;
using Kontena.Hosting.Bus;
using Kontena.NodeAgent.Instances;
using Kontena.NodeAgent.Registration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Stats;

/// <summary>Measures the machine and its containers at an interval and sends one batch on the data connection.</summary>
internal sealed class StatsReporter(
    IContainerEngine engine, InstanceSupervisor supervisor, NodeMembership membership, NodeFactsReader facts, NodeAgentOptions options,
    MemoryPeaks peaks, IDataBus bus, TimeProvider time, ILogger<StatsReporter> logger) : BackgroundService
{
    /// <summary>Containers measured at once.</summary>
    private const int AtOnce = 4;
    private static readonly TimeSpan First = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan OneContainer = TimeSpan.FromSeconds(10);

    private readonly MachineStats _machine = new();
    private readonly ConcurrentDictionary<string, ContainerStatsSample> _before = new(StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Delay(First, time, stoppingToken);
        _machine.Read(facts.Last?.EngineRootDir ?? "/", Seconds());
        using var timer = new PeriodicTimer(options.StatsInterval, time);
        do
        {
            if (membership.Current is not { } joined)
                continue;
            try
            {
                var batch = new StatsBatch
                {
                    Grid = joined.Grid,
                    Node = joined.Node,
                    At = time.GetUtcNow(),
                    NodeStats = _machine.Read(facts.Last?.EngineRootDir ?? "/", Seconds()),
                    Containers = await ContainersAsync(stoppingToken),
                };
                peaks.Take(batch.Containers, batch.At);
                await bus.SendAsync(Destination.NodeData, batch, stoppingToken);
            }
            catch (Exception error) when (error is TimeoutException or EngineUnavailableException or EngineException or IOException)
            {
                logger.LogDebug("Measurements were not sent: {Reason}", error.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private double Seconds() => time.GetElapsedTime(0).TotalSeconds;

    private async Task<IReadOnlyList<ContainerStats>> ContainersAsync(CancellationToken cancellationToken)
    {
        var running = supervisor.Workers.Select(worker => worker.Seen).OfType<ContainerSight>().Where(seen => seen.Running).ToList();
        foreach (var gone in _before.Keys.Except(running.Select(seen => seen.Id)).ToList())
            _before.TryRemove(gone, out _);
        var measured = new ConcurrentBag<ContainerStats>();
        var limits = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(running, limits, async (seen, token) =>
        {
            if (await MeasureAsync(seen, token) is { } stats)
                measured.Add(stats);
        });
        return [.. measured.OrderBy(stats => stats.InstanceId, StringComparer.Ordinal)];
    }

    private async Task<ContainerStats?> MeasureAsync(ContainerSight seen, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(OneContainer, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        ContainerStatsSample? sample;
        try
        {
            sample = await engine.StatsOnceAsync(seen.Id, both.Token);
        }
        catch (Exception error) when (error is EngineException || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null; // It has ended meanwhile.
        }

        if (sample is null)
            return null;
        var before = _before.GetValueOrDefault(seen.Id);
        _before[seen.Id] = sample;
        return new ContainerStats
        {
            Stack = seen.Stack,
            Service = seen.Service,
            Instance = seen.Number,
            InstanceId = seen.InstanceId ?? "",
            ContainerId = seen.Id,
            CpuPercent = CpuPercent(before, sample),
            MemoryUsage = sample.MemoryUsage,
            MemoryLimit = sample.MemoryLimit,
            NetworkRx = sample.NetworkRx,
            NetworkTx = sample.NetworkTx,
            NetworkRxPerSecond = PerSecond(before, sample, one => one.NetworkRx),
            NetworkTxPerSecond = PerSecond(before, sample, one => one.NetworkTx),
        };
    }

    /// <summary>How fast a count that only grows has grown between two samples; 0 for the first, and after a restart of the container.</summary>
    internal static double PerSecond(ContainerStatsSample? before, ContainerStatsSample now, Func<ContainerStatsSample, long> count)
    {
        var seconds = before is null ? 0 : (now.At - before.At).TotalSeconds;
        return seconds <= 0 || count(now) < count(before!) ? 0 : Math.Round((count(now) - count(before!)) / seconds, 2);
    }

    /// <summary>Percent of one core between two samples; 0 for the first, and after a restart of the container.</summary>
    internal static double CpuPercent(ContainerStatsSample? before, ContainerStatsSample now)
    {
        var nanoseconds = before is null ? 0 : (now.At - before.At).TotalNanoseconds;
        return nanoseconds <= 0 || now.CpuTotal < before!.CpuTotal
            ? 0
            : Math.Round((now.CpuTotal - before.CpuTotal) / nanoseconds * 100, 2);
    }
}

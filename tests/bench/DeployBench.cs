using System.Collections.Concurrent;
using System.Diagnostics;
using Kontena.Docker;

namespace Kontena.Bench;

/// <summary>From the order to N running containers: ours, beside the same containers made straight on the engine, and Docker Swarm.</summary>
/// <remarks>The clock stops when the engine reports the N-th start; every run begins with no container of the benchmark left.</remarks>
internal sealed class DeployBench(
    IContainerEngine engine, PlatformClient platform, SwarmClient swarm, string image, int runs, TimeProvider time)
{
    public const string Label = "kontena.bench";
    private const string Network = "kontena-bench";
    private static readonly int[] Parallelism = [1, 2, 4, 8, 16];
    private readonly ConcurrentDictionary<string, byte> _started = new();
    private Func<EngineEvent, bool> _counts = _ => false;
    private TaskCompletionSource _all = new();
    private int _wanted;

    public async Task<IReadOnlyList<Row>> RunAsync(IReadOnlyList<int> sizes, CancellationToken cancellationToken)
    {
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watcher = WatchAsync(watching.Token);
        await engine.CreateNetworkAsync(new NetworkConfig { Name = Network }, cancellationToken);
        var hasSwarm = await swarm.TryInitAsync(cancellationToken);
        if (hasSwarm)
        {
            await swarm.ConfigureNetworkAsync(cancellationToken);
            await swarm.CreateNetworkAsync(cancellationToken);
        }

        var rows = new List<Row>();
        try
        {
            foreach (var size in sizes)
            {
                var parallelism = await BestParallelismAsync(size, cancellationToken);
                List<double> ours = [], floor = [], peer = [];
                for (var run = 0; run < runs; run++)
                {
                    Report.Progress($"deploy {size}", run + 1, runs);
                    // Interleaved, so that a slow minute of the machine hits all three alike.
                    floor.Add(await FloorAsync(size, parallelism, cancellationToken));
                    ours.Add(await OursAsync(size, cancellationToken));
                    if (hasSwarm)
                        peer.Add(await SwarmAsync(size, run, cancellationToken));
                }

                rows.Add(new Row(
                    $"deploy {size} (floor: {parallelism} at once)", "s", Row.Median(ours), Row.Median(floor), hasSwarm ? Row.Median(peer) : null));
            }
        }
        finally
        {
            if (hasSwarm)
            {
                await swarm.LeaveAsync(CancellationToken.None);
                await swarm.ForgetNetworkAsync(CancellationToken.None);
            }

            await engine.RemoveNetworkAsync(Network, CancellationToken.None);
            await watching.CancelAsync();
            await watcher;
        }

        return rows;
    }

    private async Task<int> BestParallelismAsync(int size, CancellationToken cancellationToken)
    {
        var best = (Parallelism: 1, Seconds: double.MaxValue);
        foreach (var parallelism in Parallelism.Where(one => one <= Math.Max(size, 1)))
        {
            var seconds = await FloorAsync(size, parallelism, cancellationToken);
            if (seconds < best.Seconds)
                best = (parallelism, seconds);
        }

        return best.Parallelism;
    }

    private async Task<double> FloorAsync(int size, int parallelism, CancellationToken cancellationToken)
    {
        var seconds = await MeasureAsync(size, one => one.Labels.ContainsKey(Label), () => Parallel.ForEachAsync(
            Enumerable.Range(1, size),
            new ParallelOptions { MaxDegreeOfParallelism = parallelism, CancellationToken = cancellationToken },
            async (number, token) =>
            {
                var created = await engine.CreateContainerAsync($"bench-{number}", new ContainerConfig
                {
                    Image = image,
                    NetworkMode = Network,
                    Labels = new Dictionary<string, string> { [Label] = "floor" },
                }, token);
                await engine.StartContainerAsync(created.Id, token);
            }));
        await RemoveAllAsync(cancellationToken);
        return seconds;
    }

    private async Task<double> OursAsync(int size, CancellationToken cancellationToken)
    {
        await platform.CreateServiceAsync("bench", image, size, cancellationToken);
        var seconds = await MeasureAsync(
            size,
            one => one.Labels.GetValueOrDefault("io.kontena.service.name") == "bench",
            () => platform.DeployAsync("bench", cancellationToken));
        await platform.RemoveAsync("bench", cancellationToken);
        await UntilGoneAsync("io.kontena.service.name=bench", cancellationToken);
        return seconds;
    }

    private async Task<double> SwarmAsync(int size, int run, CancellationToken cancellationToken)
    {
        var name = $"bench-{size}-{run}";
        var seconds = await MeasureAsync(
            size, one => one.Labels.GetValueOrDefault(Label) == name, () => swarm.CreateServiceAsync(name, image, size, cancellationToken));
        await swarm.RemoveServiceAsync(name, cancellationToken);
        await UntilGoneAsync($"{Label}={name}", cancellationToken);
        return seconds;
    }

    private async Task<double> MeasureAsync(int size, Func<EngineEvent, bool> counts, Func<Task> order)
    {
        _started.Clear();
        _all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _wanted = size;
        _counts = counts;
        var start = Stopwatch.GetTimestamp();
        var ordering = order();
        await Task.WhenAll(ordering, _all.Task).WaitAsync(TimeSpan.FromMinutes(5), time);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var one in engine.EventsAsync(time.GetUtcNow(), cancellationToken))
            {
                if (one.Action == "start" && _counts(one) && _started.TryAdd(one.ContainerId, 0) && _started.Count >= _wanted)
                    _all.TrySetResult();
            }
        }
        catch (OperationCanceledException)
        {
            // The benchmark is over.
        }
    }

    private async Task RemoveAllAsync(CancellationToken cancellationToken)
    {
        var left = await engine.ListContainersAsync([Label], cancellationToken);
        await Parallel.ForEachAsync(left, cancellationToken, async (one, token) =>
            await engine.RemoveContainerAsync(one.Id, force: true, anonymousVolumes: true, token));
    }

    private async Task UntilGoneAsync(string label, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < 1200; attempt++)
        {
            if ((await engine.ListContainersAsync([label], cancellationToken)).Count == 0)
                return;
            await Task.Delay(TimeSpan.FromMilliseconds(100), time, cancellationToken);
        }

        throw new TimeoutException($"containers labelled {label} are still there after two minutes");
    }
}

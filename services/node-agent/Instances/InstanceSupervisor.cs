using System.Collections.Concurrent;
using Kontena.Contracts.Instances;
using Kontena.Docker;
using Kontena.NodeAgent.Orders;
using Kontena.NodeAgent.Registration;
using Kontena.NodeAgent.Reports;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Instances;

/// <summary>One worker per instance, and the three things that wake it: an order, an engine event, a full look every ten seconds.</summary>
/// <remarks>Absence is not an order (design law 5): a container with our labels that nobody ordered is reported and left alone.</remarks>
internal sealed class InstanceSupervisor(
    InstanceTools tools, ReportBoard board, AgentIdentity identity, ILogger<InstanceSupervisor> logger) : BackgroundService
{
    public static readonly TimeSpan FullPass = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan EngineAway = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ListDeadline = TimeSpan.FromSeconds(30);

    /// <summary>For all left-over hooks of one look.</summary>
    private static readonly TimeSpan HookRemoval = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, InstanceWorker> _workers = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Signal _lookNow = new();
    private volatile bool _listed;
    private volatile bool _toldAll;
    private long _lookedAt = tools.Time.GetTimestamp();

    /// <summary>When the last full look at the engine ended well; null before the first.</summary>
    public DateTimeOffset? LastPass { get; private set; }

    /// <summary>How long ago that was, whatever the clock did since; from the start of the process before the first.</summary>
    public TimeSpan SinceLook => tools.Time.GetElapsedTime(Interlocked.Read(ref _lookedAt));

    /// <summary>Why the last full look failed; null when it did not.</summary>
    public string? EngineTrouble { get; private set; }

    /// <summary>Whether every instance of this node has been looked at and reported since this process started. Until then the board is no
    /// answer to what the node has: what is missing on it may only not have been looked at (design law 5).</summary>
    public bool HasToldAll => _toldAll || (_toldAll = _listed && _workers.Keys.All(instanceId => board.Find(instanceId) is not null));

    /// <summary>Something about an instance may have changed. Raised often, and under its worker's lock: who listens is quick.</summary>
    public event Action<InstanceWorker>? Looked;

    public IEnumerable<InstanceWorker> Workers => _workers.Values;

    public InstanceWorker? Find(string instanceId) => _workers.GetValueOrDefault(instanceId);

    public void PokeAll()
    {
        foreach (var worker in _workers.Values)
            worker.Poke();
    }

    /// <summary>A full look as soon as possible: the engine is back, or events were missed.</summary>
    public void LookNow() => _lookNow.Set();

    public void OnEvent(EngineEvent happened)
    {
        if (happened.Labels.GetValueOrDefault(ManagedLabels.Type) != ManagedLabels.ContainerType)
            return;
        if (happened.Labels.GetValueOrDefault(ManagedLabels.InstanceId) is { } instanceId && _workers.TryGetValue(instanceId, out var worker))
            worker.OnEvent(happened);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var ends = stoppingToken.Register(_stopping.Cancel);
        tools.Orders.Changed += OnOrder;
        tools.Leases.Renewed += OnOrder;
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                await LookAtAllAsync(stoppingToken);
                await WaitAsync(_listed && EngineTrouble is null ? FullPass : EngineAway, stoppingToken);
            }
        }
        finally
        {
            tools.Orders.Changed -= OnOrder;
            tools.Leases.Renewed -= OnOrder;
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // Containers stay; what a worker is doing is left where it is and found again by the next run.
        await _stopping.CancelAsync();
        await base.StopAsync(cancellationToken);
        var ends = Task.WhenAll(_workers.Values.Select(worker => worker.EndAsync()));
        await Task.WhenAny(ends, Task.Delay(EndPatience, tools.Time, cancellationToken));
    }

    public override void Dispose()
    {
        base.Dispose();
        foreach (var worker in _workers.Values)
            worker.Dispose();
        _stopping.Dispose();
    }

    /// <summary>Until the next full look is due or asked for.</summary>
    private async Task WaitAsync(TimeSpan most, CancellationToken cancellationToken)
    {
        using var due = new CancellationTokenSource(most, tools.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(due.Token, cancellationToken);
        try
        {
            await _lookNow.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
        }
    }

    private void OnOrder(string instanceId)
    {
        if (tools.Orders.Opened.IsCompletedSuccessfully)
            Wake(instanceId);
    }

    private async Task LookAtAllAsync(CancellationToken cancellationToken)
    {
        await tools.Orders.Opened.WaitAsync(cancellationToken);
        var started = tools.Time.GetTimestamp();
        IReadOnlyList<ContainerSummary> listed;
        try
        {
            using var limit = new CancellationTokenSource(ListDeadline, tools.Time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            listed = await tools.Engine.ListContainersAsync([ManagedLabels.InstanceId], both.Token);
        }
        catch (Exception error) when (error is EngineUnavailableException or EngineException
            || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            if (EngineTrouble is null)
                logger.LogWarning("The container engine can't be asked: {Reason}. Instances wait for it", error.Message);
            EngineTrouble = error.Message;
            tools.Network.Forget();
            return;
        }

        if (EngineTrouble is not null)
            logger.LogInformation("The container engine answers again");
        EngineTrouble = null;
        LastPass = tools.Time.GetUtcNow();
        Interlocked.Exchange(ref _lookedAt, tools.Time.GetTimestamp());
        tools.NameServer.EngineAnswersSome = listed.Any(one => one.Labels.GetValueOrDefault(ManagedLabels.Type) == ManagedLabels.ContainerType
            && one.Labels.GetValueOrDefault(ManagedLabels.Names) != ManagedLabels.ByAgent);
        await RemoveHooksAsync(listed, cancellationToken);
        var byInstance = listed
            .Where(one => one.Labels.GetValueOrDefault(ManagedLabels.Type) == ManagedLabels.ContainerType)
            .GroupBy(one => one.Labels[ManagedLabels.InstanceId], StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => Preferred([.. group]), StringComparer.Ordinal);
        foreach (var instanceId in byInstance.Keys.Concat(tools.Orders.All.Where(Unfinished).Select(order => order.InstanceId)).Distinct().ToList())
            WorkerOf(instanceId, absent: !byInstance.ContainsKey(instanceId));
        foreach (var worker in _workers.Values)
        {
            var (listedNow, successor) = byInstance.GetValueOrDefault(worker.InstanceId);
            worker.OnListed(listedNow, successor, started);
        }

        _listed = true;
        foreach (var (instanceId, worker) in _workers)
        {
            if (worker.TryRetire())
                _workers.TryRemove(new(instanceId, worker));
        }
    }

    /// <summary>Hook containers that nobody waits for: the agent was killed beside them, or the engine was away when they were to go.
    /// An idle worker has no hook under way, and starts a new one after this listing only.</summary>
    private async Task RemoveHooksAsync(IReadOnlyList<ContainerSummary> listed, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(HookRemoval, tools.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        foreach (var hook in listed.Where(one => one.Labels.GetValueOrDefault(ManagedLabels.Type) == ManagedLabels.HookType))
        {
            var instanceId = hook.Labels[ManagedLabels.InstanceId];
            if (tools.Orders.Find(instanceId) is null || Find(instanceId) is { Idle: false })
                continue;
            try
            {
                await tools.Engine.RemoveContainerAsync(hook.Id, force: true, anonymousVolumes: true, both.Token);
                logger.LogInformation("Hook container {Container} was left over and is removed", hook.Name);
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
            {
                // The instances matter more: this one is tried again with the next full look.
                logger.LogWarning("Left-over hook container {Container} can't be removed: {Reason}", hook.Name, error.Message);
            }
        }
    }

    private void Wake(string instanceId)
    {
        // A worker that retires at this very moment is replaced; a new one does not retire before it has run.
        while (!WorkerOf(instanceId, absent: _listed).Poke())
            Thread.Yield();
    }

    private static bool Unfinished(InstanceOrder order) => order is not { Desired: DesiredState.Removed, Done: true };

    /// <summary>The instance's container, and beside it the one that is to take its place. More of one instance should not be; if so, the one that
    /// runs.</summary>
    private static (ContainerSummary? Listed, ContainerSummary? Successor) Preferred(IReadOnlyList<ContainerSummary> same)
    {
        var successor = same.FirstOrDefault(one => SuccessorName.Plain(one.Name) != one.Name);
        var listed = same.Where(one => one != successor).OrderByDescending(one => one.State == "running").ThenBy(one => one.Name, StringComparer.Ordinal).FirstOrDefault();
        return listed is null ? (successor, null) : (listed, successor);
    }

    private InstanceWorker WorkerOf(string instanceId, bool absent) =>
        _workers.GetOrAdd(instanceId, id => new InstanceWorker(id, tools, board, identity, worker => Looked?.Invoke(worker), absent, _stopping.Token));
}

using Kontena.Contracts.Instances;
using Kontena.Core.Names;
using Kontena.Docker;
using Kontena.NodeAgent.Health;
using Kontena.NodeAgent.Instances.Steps;
using Kontena.NodeAgent.Leases;
using Kontena.NodeAgent.Registration;
using Kontena.NodeAgent.Reports;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Instances;

/// <summary>Looks after one instance: at most one pass at a time, however many triggers there are.</summary>
/// <remarks>A pass plans and acts until the plan is empty or must wait. A trigger during a pass makes it plan once more, and ends a step
/// that may be ended early.</remarks>
internal sealed class InstanceWorker : IDisposable
{
    /// <summary>Rounds of planning in one pass; more means that plan and engine disagree, and that waiting is better.</summary>
    private const int MaxRounds = 20;
    private static readonly TimeSpan EngineAway = StepRunner.EngineAway;

    private readonly Lock _guard = new();
    private readonly InstanceTools _tools;
    private readonly ReportBoard _board;
    private readonly AgentIdentity _identity;
    private readonly Action<InstanceWorker> _looked;
    private readonly CancellationToken _stopping;
    private readonly ITimer _alarm;
    private readonly CheckFindings _checks = new();
    private readonly InstanceContainers _containers;
    private readonly LeaseLog _lease;
    private CancellationTokenSource _interrupt = new();
    private Task _pass = Task.CompletedTask;
    private bool _running;
    private bool _dirty;
    private bool _retired;

    /// <summary>Set by events and listings, which come at any time; cleared by a look.</summary>
    private volatile bool _stale;

    /// <summary>Set by a step that left the container in a state it did not look at.</summary>
    private bool _unseen;
    private InstanceMemory _memory = new();
    private ObservedState? _phase;
    private string? _endedByUs;
    private DateTimeOffset? _restartSeen;
    private long _changedAt;

    /// <param name="looked">Called whenever something about the instance may have changed; may be under this worker's lock.</param>
    /// <param name="absent">The engine was listed and has no container of this instance.</param>
    public InstanceWorker(
        string instanceId,
        InstanceTools tools,
        ReportBoard board,
        AgentIdentity identity,
        Action<InstanceWorker> looked,
        bool absent,
        CancellationToken stopping)
    {
        InstanceId = instanceId;
        _containers = new InstanceContainers(instanceId);
        _lease = new LeaseLog(tools.Logger);
        _tools = tools;
        _board = board;
        _identity = identity;
        _looked = looked;
        _stopping = stopping;
        _stale = !absent;
        _alarm = tools.Time.CreateTimer(state => ((InstanceWorker)state!).Poke(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public string InstanceId { get; }

    /// <summary>The last look, for those who follow the container.</summary>
    public ContainerSight? Seen => _containers.Seen;

    /// <inheritdoc cref="InstanceContainers.Candidate"/>
    public ContainerSight? Candidate => _containers.Candidate;

    /// <inheritdoc cref="InstanceContainers.All"/>
    public IEnumerable<ContainerSight> Containers => _containers.All;

    public InstanceMemory Memory => _memory;

    /// <summary>Nothing runs and nothing is left to look after.</summary>
    public bool Idle
    {
        get
        {
            lock (_guard)
                return !_running && !_dirty;
        }
    }

    /// <summary>Plan (again), as soon as possible. False when this worker has retired: another one must be asked.</summary>
    public bool Poke()
    {
        lock (_guard)
        {
            if (_retired)
                return false;
            if (_stopping.IsCancellationRequested)
                return true;
            _dirty = true;
            if (_running)
            {
                _ = _interrupt.CancelAsync();
                return true;
            }

            _running = true;
            _pass = Task.Run(RunAsync, CancellationToken.None);
            return true;
        }
    }

    /// <summary>True when nothing is left to look after; from then on this worker does nothing more.</summary>
    public bool TryRetire()
    {
        lock (_guard)
        {
            if (_running || _dirty || _stale || !_containers.IsEmpty || _tools.Orders.Find(InstanceId) is { Done: false })
                return false;
            _retired = true;
            _alarm.Dispose();
            return true;
        }
    }

    /// <summary>What the engine said of the container, unless we know better.</summary>
    public void OnEvent(EngineEvent happened)
    {
        var seen = Containers.FirstOrDefault(one => one.Id == happened.ContainerId);
        var ours = seen is not null;
        if (happened.Action == "start")
        {
            if (_endedByUs == happened.ContainerId)
                _endedByUs = null;
            if (!Idle || (ours && seen!.Running))
                return;
        }
        else if (!ours || _endedByUs == happened.ContainerId || (happened.Action == "die" && happened.At < seen!.StartedAt))
        {
            return;
        }

        _stale = true;
        Poke();
    }

    /// <summary>What a full listing said. Ignored when this worker has looked or acted since the listing began.</summary>
    /// <param name="successor">What is listed under the name of a successor beside <paramref name="listed"/>.</param>
    public void OnListed(ContainerSummary? listed, ContainerSummary? successor, long listedAt)
    {
        if (!Idle || Volatile.Read(ref _changedAt) > listedAt)
            return;
        if (!_containers.AreAsListed(listed, successor))
            _stale = true;
        // Also when all is well: the plan is empty then, and costs nothing.
        Poke();
    }

    /// <summary>What a check of the service says of the container.</summary>
    public void OnCheck(CheckFinding finding, bool isReadiness)
    {
        bool changed;
        lock (_guard)
        {
            if (_retired || Candidate is not { Running: true } seen || Start.Of(seen) != finding.Start)
                return;
            changed = _checks.Take(finding, isReadiness);
            if (!changed && !_running)
                Report();
        }

        // A plan follows from a verdict; a step under way writes the memory, so the finding waits beside it.
        if (changed)
            Poke();
    }

    public Task EndAsync()
    {
        lock (_guard)
            return _pass;
    }

    public void Dispose() => _alarm.Dispose();

    private async Task RunAsync()
    {
        while (true)
        {
            lock (_guard)
            {
                _dirty = false;
                if (_interrupt.IsCancellationRequested)
                    _interrupt = new CancellationTokenSource();
            }

            try
            {
                await _tools.Orders.Opened.WaitAsync(_stopping);
                await PassAsync();
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
            }
            catch (Exception error)
            {
                // A mistake of ours must not end the looking after: it is told, and tried again later.
                _tools.Logger.LogError(error, "Instance {Instance}: the pass failed; it is tried again in {Pause} s", InstanceId, Backoff.Longest.TotalSeconds);
                _phase = null;
                LookAgainAt(_tools.Time.GetUtcNow() + Backoff.Longest);
            }

            lock (_guard)
            {
                if (_dirty && !_stopping.IsCancellationRequested)
                    continue;
                _running = false;
                return;
            }
        }
    }

    private async Task PassAsync()
    {
        for (var round = 0; round < MaxRounds; round++)
        {
            _stopping.ThrowIfCancellationRequested();
            var order = _tools.Orders.Find(InstanceId);
            Renew(order);
            if ((_stale || _unseen) && !await LookAsync(order))
                return;
            // Seen, or taken up: that is told also when the first step takes its time and has no phase of its own.
            if (_board.Find(InstanceId) is not { } told || (told.Generation != order?.Generation && _containers.Seen is not { Running: true }))
                Report();
            _memory = CheckFindings.Settle(_checks.Into(_memory), order, Candidate);
            var now = _tools.Time.GetUtcNow();
            var lease = _tools.Leases.Left(order);
            var plan = StartFirst.Plan(order, _containers.Seen, _containers.Next, _memory, now, lease == TimeSpan.Zero);
            _lease.Note(order, lease);
            if (plan.Steps.Count == 0)
            {
                _phase = null;
                Report();
                LookAgainAt(Earlier(plan.LookAgainAt, lease > TimeSpan.Zero ? now + lease : null));
                return;
            }

            await CarryOutAsync(plan, order!);
        }

        _tools.Logger.LogWarning("Instance {Instance}: not settled after {Rounds} rounds; looking again in {Pause} s", InstanceId, MaxRounds, EngineAway.TotalSeconds);
        _phase = null;
        Report();
        LookAgainAt(_tools.Time.GetUtcNow() + EngineAway);
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) => one is null || other < one ? other : one;

    /// <summary>Notes of an earlier order say nothing about this one; who asks for a restart asks for it now.</summary>
    private void Renew(Orders.InstanceOrder? order)
    {
        if (order is null)
            return;
        if (_memory.Generation != order.Generation)
        {
            _memory = new InstanceMemory
            {
                Generation = order.Generation,
                Image = _memory.Image,
                Ready = _memory.Ready,
                Served = _memory.Served,
                NotedExit = _memory.NotedExit,
            };
        }

        if (order.RestartRequestedAt != _restartSeen)
        {
            _restartSeen = order.RestartRequestedAt;
            _memory = _memory with { RetryAt = null };
        }
    }

    private async Task<bool> LookAsync(Orders.InstanceOrder? order)
    {
        _stale = false;
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30), _tools.Time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stopping);
            await _containers.LookAsync(_tools.Engine, order, both.Token);
            _unseen = false;
            Touch();
            return true;
        }
        catch (Exception error) when (error is EngineUnavailableException or EngineException
            || (error is OperationCanceledException && !_stopping.IsCancellationRequested))
        {
            _stale = true;
            LookAgainAt(_tools.Time.GetUtcNow() + EngineAway);
            return false;
        }
    }

    /// <summary>Step after step; the first that fails or is ended early leaves the rest to the next plan.</summary>
    private async Task CarryOutAsync(InstancePlan plan, Orders.InstanceOrder order)
    {
        using var context = new StepContext(_tools, order)
        {
            Seen = plan.OnSuccessor ? _containers.Next : _containers.Seen,
            Memory = _memory,
            ContainerName = plan.OnSuccessor ? SuccessorName.Of(order.Name) : order.Name,
        };
        context.Show = phase => { _phase = plan.IsQuiet ? null : phase; Report(); };
        context.HookRuns = address => { _containers.Hook = address; Report(); };
        foreach (var step in plan.Steps)
        {
            if (step.Phase is { } phase && phase != _phase && !plan.IsQuiet)
            {
                _phase = phase;
                Report();
            }

            if (plan.IsQuiet && step is LeaveNames)
                Report(); // A check may have found the successor ready: names lead to it before its predecessor goes.

            // Before the step, as its events may come before its answer.
            _endedByUs = step switch { StopContainer stop => stop.ContainerId, RemoveContainer remove => remove.ContainerId, _ => _endedByUs };
            var goOn = await CarryOutAsync(step, context);
            if (plan.OnSuccessor)
                _containers.Next = context.Seen;
            else
                _containers.Seen = context.Seen;
            (_memory, _unseen) = (context.Memory, context.Stale);
            if (step is StartContainer)
                _endedByUs = null;
            Touch();
            if (!goOn)
                break;
            // Between creating and starting there is nothing to tell that the next report would not tell better.
            if (step is StartContainer or RestartContainer or AwaitReady or NoteExit or NoteUnhealthy or NoteLate or NoteFailedSuccessor)
            {
                _phase = null;
                Report();
            }
        }

        _containers.Promote();
        _phase = null;
    }

    private async Task<bool> CarryOutAsync(InstanceStep step, StepContext context)
    {
        CancellationToken interrupt;
        lock (_guard)
            interrupt = step.Interruptible ? _interrupt.Token : CancellationToken.None;
        var outcome = await StepRunner.RunAsync(step, context, interrupt, _stopping);
        if (outcome == StepOutcome.Interrupted)
        {
            lock (_guard)
                _interrupt = new CancellationTokenSource();
        }

        return outcome == StepOutcome.Done;
    }

    private void Report()
    {
        _looked(this);
        if (_tools.Membership.Current is not { } joined || _identity.NodeId is not { } nodeId)
            return;
        var order = _tools.Orders.Find(InstanceId);
        if (order is null && _containers.Seen is null && _board.Find(InstanceId) is null)
            return;
        // An order that has just arrived is reported when the notes are about it, not the earlier order's error with its number.
        if (order is not null && order.Generation != _memory.Generation)
            return;
        var memory = _checks.Into(_memory);
        var told = _containers.ToTell(order, memory);
        var observed = InstanceObservation.Of(InstanceId, nodeId, joined, order, told, memory, _phase, _tools.Time.GetUtcNow());
        _board.Set(observed with { OtherAddresses = _containers.OtherAddresses(told) }, tellsOthers: order?.Spec is { } spec && NamedInstances.Opens(spec));
    }

    private void Touch() => Volatile.Write(ref _changedAt, _tools.Time.GetTimestamp());

    private void LookAgainAt(DateTimeOffset? when)
    {
        var left = when - _tools.Time.GetUtcNow();
        if (left is null)
            _alarm.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        else
            _alarm.Change(left > TimeSpan.Zero ? left.Value : TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
    }
}

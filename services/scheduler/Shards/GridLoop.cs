using System.Threading.Channels;
using Kontena.Contracts.Commands;
using Kontena.Core.Ids;
using Kontena.Hosting.Bus;
using Kontena.Scheduler.Audit;
using Kontena.Scheduler.Repair;
using Kontena.Scheduler.Snapshots;
using Kontena.State;

namespace Kontena.Scheduler.Shards;

/// <summary>Everything about one grid, one step after another: take what has arrived, decide, commit once, answer.</summary>
/// <remarks>What arrives while a commit is under way is taken together by the next one, so a burst of reports costs a few commits, not
/// one each.</remarks>
/// <param name="newId">Makes ids that sort by creation; null: <see cref="ObjectId"/>. A simulation gives its own, so that a seed says everything.</param>
internal sealed partial class GridLoop(
    string grid, GridSnapshots snapshots, IStateStore store, TimeProvider time, ILogger logger, Func<string>? newId = null)
{
    /// <summary>Inputs that wait; senders beyond that wait themselves, and the broker keeps the rest.</summary>
    private const int Waiting = 4096;
    private const int PerCommit = 512;
    private const int Attempts = 8;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan EarlySweep = TimeSpan.FromMilliseconds(900);
    private static readonly TimeSpan FactsEvery = TimeSpan.FromSeconds(20);

    private readonly AuditTrail _trail = new(store, time, logger);
    private readonly Func<string> _newId = newId ?? (() => ObjectId.New(time));
    private readonly Channel<Waiter> _inbox = Channel.CreateBounded<Waiter>(new BoundedChannelOptions(Waiting) { SingleReader = true });
    private volatile GridSnapshot? _snapshot;
    private GridMemory _memory = new();
    private long? _held;
    private DateTimeOffset _factsReadAt;
    private DateTimeOffset _sweptAt;

    /// <summary>Returns when what the input caused is committed.</summary>
    /// <exception cref="StateUnavailableException">The store stayed away too long for a command; it may be sent again. News waits until
    /// the store is back.</exception>
    /// <exception cref="EpochLostException">Another scheduler runs the grid now; the broker has to say who gets the input.</exception>
    /// <exception cref="StateConflictException">The store keeps changing under us; the input may be sent again.</exception>
    public async Task<CommandResult?> PostAsync(GridInput input, CancellationToken cancellationToken)
    {
        var waiter = new Waiter(input, input.IsCommand ? MessageUnderWay.Current : null);
        await _inbox.Writer.WriteAsync(waiter, cancellationToken);
        return await waiter.Done.Task.WaitAsync(cancellationToken);
    }

    /// <summary>What it last knew; null while it knows nothing.</summary>
    public GridSnapshot? Latest => _snapshot;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var taken = new List<Waiter>(PerCommit);
        try
        {
            while (await _inbox.Reader.WaitToReadAsync(cancellationToken))
            {
                while (taken.Count < PerCommit && _inbox.Reader.TryRead(out var waiter))
                    taken.Add(waiter);
                await WorkAsync(taken, cancellationToken);
                taken.Clear();
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            _inbox.Writer.TryComplete();
        }

        while (_inbox.Reader.TryRead(out var left))
            taken.Add(left);
        foreach (var waiter in taken)
            waiter.Done.TrySetCanceled(cancellationToken);
    }

    /// <returns>Null, or why this scheduler has stepped down.</returns>
    private async Task<EpochLostException?> WorkAsync(List<Waiter> waiters, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await StepAsync(waiters, cancellationToken);
                return null;
            }
            catch (StateConflictException conflict) when (conflict.Key.Kind == StateKeys.SchedulerEpoch.Name)
            {
                return StepDown(waiters, conflict);
            }
            catch (StateConflictException conflict)
            {
                // Somebody else wrote what only the scheduler may write: what we know is out of date.
                LogOutOfDate(grid, conflict.Message);
                Forget();
                if (attempt >= Attempts)
                {
                    Fail(waiters, conflict);
                    return null;
                }
            }
            catch (StateUnavailableException away)
            {
                // Unknown whether it was applied: read again before anything is decided. People are told after a while; news waits.
                Forget();
                if (attempt == Attempts)
                {
                    LogAway(grid, away.Message);
                    Fail(waiters.Where(one => one.Input.IsCommand), away);
                    waiters.RemoveAll(one => one.Input.IsCommand);
                    if (waiters.Count == 0)
                        return null;
                }
            }
            catch (Exception surprise) when (surprise is not OperationCanceledException)
            {
                LogSurprise(surprise, grid, waiters.Count);
                Forget();
                if (waiters.Count > 1)
                    return await WorkOneByOneAsync(waiters, cancellationToken);
                Fail(waiters, surprise);
                return null;
            }

            var pause = FirstPause * (1 << Math.Min(attempt, Attempts));
            await Task.Delay(pause < LongestPause ? pause : LongestPause, time, cancellationToken);
        }
    }

    // One of them can't be worked; the others have nothing to do with it.
    private async Task<EpochLostException?> WorkOneByOneAsync(List<Waiter> waiters, CancellationToken cancellationToken)
    {
        for (var at = 0; at < waiters.Count; at++)
        {
            if (await WorkAsync([waiters[at]], cancellationToken) is not { } lost)
                continue;
            Fail(waiters.Skip(at + 1), lost);
            return lost;
        }

        return null;
    }

    // What was delivered before the epoch was lost says nothing of whose grid it is now; what the broker delivers after it does.
    private EpochLostException StepDown(List<Waiter> waiters, StateConflictException conflict)
    {
        var lost = new EpochLostException(grid, conflict);
        LogStepDown(grid, conflict.Message);
        Forget();
        _held = null;
        Fail(waiters, lost);
        for (var left = _inbox.Reader.Count; left > 0 && _inbox.Reader.TryRead(out var waiter); left--)
            waiter.Done.TrySetException(lost);
        return lost;
    }

    private async Task StepAsync(List<Waiter> waiters, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (_snapshot is null)
        {
            _snapshot = await snapshots.TakeOverAsync(grid, _held, cancellationToken);
            _held = _snapshot?.Epoch;
            _factsReadAt = now;
            if (_snapshot is not null)
                LogTakenOver(grid, _snapshot.Epoch, _snapshot.Instances.ById.Count);
        }
        else
        {
            _snapshot = await RereadAsync(_snapshot, waiters, now, cancellationToken);
        }

        if (_snapshot is null)
        {
            foreach (var waiter in waiters)
                waiter.Done.TrySetResult(CommandResult.NotFound($"grid {grid} is not there"));
            return;
        }

        var inputs = Inputs(waiters, now);
        var draft = new GridDraft(_snapshot);
        var answers = GridReconciler.Apply(draft, _snapshot, inputs, _memory, now, _newId);
        var batch = draft.ToBatch();
        if (await _trail.AddAsync(batch, draft, waiters.Select((waiter, at) => (waiter.Work, answers[at])), cancellationToken) || !draft.IsEmpty)
            await store.CommitAsync(batch, cancellationToken);
        _snapshot = draft.Committed();

        foreach (var note in draft.Notes)
            LogNote(grid, note);
        for (var at = 0; at < waiters.Count; at++)
            waiters[at].Done.TrySetResult(answers[at]);
    }

    // Several schedulers keep time; the grid is looked at as often as if there were one.
    private List<GridInput> Inputs(List<Waiter> waiters, DateTimeOffset now)
    {
        var early = now - _sweptAt < EarlySweep;
        var inputs = new List<GridInput>(waiters.Count);
        foreach (var waiter in waiters)
        {
            if (waiter.Input is GridInput.Sweep && early)
                inputs.Add(new GridInput.Sweep { IsEarly = true });
            else
                inputs.Add(waiter.Input);
        }

        if (inputs.Any(input => input is GridInput.Sweep { IsEarly: false }))
            _sweptAt = now;
        return inputs;
    }

    private async Task<GridSnapshot?> RereadAsync(
        GridSnapshot snapshot, List<Waiter> waiters, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (now - _factsReadAt > FactsEvery)
        {
            _factsReadAt = now;
            return await snapshots.RereadFactsAsync(snapshot, cancellationToken);
        }

        var stacks = waiters.Select(one => one.Input).OfType<GridInput.DeployAll>().Select(one => one.Command.Stack);
        var current = snapshot;
        foreach (var stack in stacks.Distinct(StringComparer.Ordinal))
            current = await snapshots.RereadStackAsync(current, stack, cancellationToken);

        // A deploy right after a change may overtake the change's announcement: of the service, or of a node that was drained or let work again.
        if (waiters.Any(one => one.Input is GridInput.Deploy or GridInput.DeployAll or GridInput.Rebalance))
            current = await snapshots.RereadNodesAsync(current, cancellationToken);
        var changed = waiters.Select(one => one.Input switch
        {
            GridInput.FactChanged(var fact) => (fact.Kind, fact.Id),
            GridInput.Deploy(_, var command) =>
                (StateKeys.Service.Name, Contracts.Services.Service.DocumentId(command.Stack, command.Service)),
            GridInput.Start(_, var command) =>
                (StateKeys.Service.Name, Contracts.Services.Service.DocumentId(command.Stack, command.Service)),
            _ => default,
        });
        foreach (var (kind, id) in changed.Where(one => one != default).Distinct())
        {
            if (await snapshots.RereadAsync(current, kind, id, cancellationToken) is not { } reread)
                return null;
            current = reread;
        }

        return current;
    }

    private void Forget()
    {
        _snapshot = null;
        _memory = new GridMemory();
    }

    private static void Fail(IEnumerable<Waiter> waiters, Exception cause)
    {
        foreach (var waiter in waiters)
            waiter.Done.TrySetException(cause);
    }

    /// <param name="Work">The command that it came with, and whose it is.</param>
    private sealed record Waiter(GridInput Input, MessageUnderWay? Work)
    {
        public TaskCompletionSource<CommandResult?> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Grid {Grid}: taken over with epoch {Epoch}, {Instances} instances")]
    private partial void LogTakenOver(string grid, long epoch, int instances);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Grid {Grid}: stepping down, {Conflict}")]
    private partial void LogStepDown(string grid, string conflict);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Grid {Grid}: reading anew, {Conflict}")]
    private partial void LogOutOfDate(string grid, string conflict);

    [LoggerMessage(Level = LogLevel.Error, Message = "Grid {Grid}: the store is away, everything waits: {Reason}")]
    private partial void LogAway(string grid, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Grid {Grid}: a step with {Inputs} inputs failed unexpectedly")]
    private partial void LogSurprise(Exception cause, string grid, int inputs);

    [LoggerMessage(Level = LogLevel.Information, Message = "Grid {Grid}: {Note}")]
    private partial void LogNote(string grid, string note);
}

using Kontena.Contracts.Commands;
using Kontena.Contracts.Grids;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;
using Kontena.Contracts.Stacks;
using Kontena.Contracts.Volumes;
using Kontena.Core.Ids;
using Kontena.GridManager.Audit;
using Kontena.State;
using Kontena.State.Documents;
using Kontena.State.Outbox;
using Microsoft.Extensions.Logging;

namespace Kontena.GridManager.Decisions;

/// <summary>Reads, lets a pure function decide, commits; and begins again when somebody else changed the grid in between.</summary>
/// <remarks>
/// Within this process decisions about one grid wait for each other; between processes <see cref="GridSequence"/> makes them conflict.
/// So every decision holds for the state it is committed to, also where it rests on documents it does not change.
/// What a command of somebody's changes is written into the audit log in the same commit: without its record it does not happen.
/// </remarks>
internal sealed class GridLedger(IStateStore store, TimeProvider time, ILogger<GridLedger> logger)
{
    private const int MaxAttempts = 12;

    private readonly AuditTrail _trail = new(store, time, logger);

    // Every decision in a grid reads all of these, and most of them are as they were.
    private readonly KnownDocuments<Node> _nodes = new(store, StateKeys.Node);
    private readonly KnownDocuments<Stack> _stacks = new(store, StateKeys.Stack);
    private readonly KnownDocuments<Service> _services = new(store, StateKeys.Service);
    private readonly KnownDocuments<Volume> _volumes = new(store, StateKeys.Volume);

    /// <summary>Grids share these by hash: bounded however many grids there are.</summary>
    private readonly SemaphoreSlim[] _turns = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1, 1))];

    /// <summary>A decision within one grid.</summary>
    /// <param name="grid">Its name.</param>
    /// <param name="decide">From what the grid is to what is to be done.</param>
    /// <param name="noGrid">The answer when there is no such grid.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="withLiveness">The decision looks at liveness. It may change between reading and committing: nodes go when they like.</param>
    /// <param name="withVault">The decision looks at secrets, or at logins of registries.</param>
    /// <exception cref="StateUnavailableException">The store can't be reached.</exception>
    public Task<TReply> DecideAsync<TReply>(
        string grid, Func<GridSnapshot, DateTimeOffset, Decision<TReply>> decide, Func<string, TReply> noGrid, CancellationToken cancellationToken,
        bool withLiveness = false, bool withVault = false) =>
        CommitAsync(grid, async () =>
        {
            var found = await store.GetAsync(StateKeys.Grid, StateKeys.System, grid, cancellationToken);
            return found is null
                ? new Decision<TReply>(noGrid($"Grid {grid} does not exist"))
                : decide(await ReadAsync(found.Value, withLiveness, withVault, cancellationToken), time.GetUtcNow());
        }, cancellationToken);

    public Task<CommandResult> DecideAsync(
        string grid, Func<GridSnapshot, DateTimeOffset, Decision<CommandResult>> decide, CancellationToken cancellationToken, bool withLiveness = false, bool withVault = false) =>
        DecideAsync(grid, decide, CommandResult.NotFound, cancellationToken, withLiveness, withVault);

    /// <summary>A decision about grids themselves, from all of them.</summary>
    public Task<CommandResult> DecideAboutGridsAsync(
        Func<IReadOnlyList<Versioned<Grid>>, DateTimeOffset, Decision<CommandResult>> decide, CancellationToken cancellationToken) =>
        CommitAsync(StateKeys.System, async () => decide(await store.ListAsync(StateKeys.Grid, StateKeys.System, cancellationToken), time.GetUtcNow()), cancellationToken);

    /// <summary>A decision about users and what is theirs, from what of it <paramref name="read"/> looks up.</summary>
    public Task<CommandResult> DecideAboutUsersAsync<T>(
        Func<IStateStore, CancellationToken, Task<T>> read, Func<T, DateTimeOffset, Decision<CommandResult>> decide, CancellationToken cancellationToken) =>
        CommitAsync(StateKeys.System, async () => decide(await read(store, cancellationToken), time.GetUtcNow()), cancellationToken);

    /// <summary>About requests with an <c>Idempotency-Key</c>, whatever they are for.</summary>
    public Task<TReply> DecideAboutRequestsAsync<T, TReply>(
        Func<IStateStore, CancellationToken, Task<T>> read, Func<T, DateTimeOffset, Decision<TReply>> decide, CancellationToken cancellationToken) =>
        CommitAsync(StateKeys.System, async () => decide(await read(store, cancellationToken), time.GetUtcNow()), cancellationToken);

    /// <summary>Writes down what is under way although nothing is changed: a secret is read. Whoever waits for the answer gets none when this fails.</summary>
    public async Task NoteAsync(string grid, CancellationToken cancellationToken)
    {
        var turn = TurnOf(grid);
        await turn.WaitAsync(cancellationToken);
        try
        {
            await _trail.NoteAsync(cancellationToken);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>A kept revision of the service that has the name now; null when there is none.</summary>
    public async Task<ServiceRevision?> FindRevisionAsync(string grid, string stack, string service, int revision, CancellationToken cancellationToken)
    {
        if (await store.GetAsync(StateKeys.Service, grid, Service.DocumentId(stack, service), cancellationToken) is not { } found)
            return null;
        return (await store.GetAsync(StateKeys.ServiceRevision, grid, ServiceRevision.DocumentId(found.Value.Uid, revision), cancellationToken))?.Value;
    }

    private async Task<GridSnapshot> ReadAsync(Grid grid, bool withLiveness, bool withVault, CancellationToken cancellationToken)
    {
        var nodes = _nodes.ListAsync(grid.Name, cancellationToken);
        var stacks = _stacks.ListAsync(grid.Name, cancellationToken);
        var services = _services.ListAsync(grid.Name, cancellationToken);
        var volumes = _volumes.ListAsync(grid.Name, cancellationToken);
        var liveness = withLiveness ? store.ListAsync(StateKeys.NodeLiveness, grid.Name, cancellationToken) : null;
        var secrets = withVault ? store.ListAsync(StateKeys.Secret, grid.Name, cancellationToken) : null;
        var registries = withVault ? store.ListAsync(StateKeys.ExternalRegistry, grid.Name, cancellationToken) : null;
        await Task.WhenAll(nodes, stacks, services, volumes);
        return new GridSnapshot
        {
            Grid = grid, Nodes = await nodes, Stacks = await stacks, Services = await services, Volumes = await volumes,
            Liveness = liveness is null ? [] : await liveness,
            Secrets = secrets is null ? [] : await secrets,
            Registries = registries is null ? [] : await registries,
        };
    }

    private SemaphoreSlim TurnOf(string partition) => _turns[(uint)StringComparer.Ordinal.GetHashCode(partition) % _turns.Length];

    private async Task<TReply> CommitAsync<TReply>(string partition, Func<Task<Decision<TReply>>> decide, CancellationToken cancellationToken)
    {
        var turn = TurnOf(partition);
        await turn.WaitAsync(cancellationToken);
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                var sequence = await store.GetAsync(StateKeys.GridSequence, partition, "sequence", cancellationToken);
                var decision = await decide();
                if (decision.Batch is not { IsEmpty: false } batch)
                {
                    await _trail.RefusedAsync(decision.Reply, cancellationToken);
                    return decision.Reply;
                }

                try
                {
                    await _trail.AddAsync(batch, cancellationToken);
                    var now = time.GetUtcNow();
                    batch.Put(StateKeys.GridSequence, new GridSequence { ChangedAt = now }, sequence?.Version ?? 0);
                    batch.Tell(decision.Events, () => ObjectId.New(time), now);
                    await store.CommitAsync(batch, cancellationToken);
                    foreach (var change in decision.Changes ?? [])
                        logger.LogInformation("{Partition}: {Change}", partition == StateKeys.System ? "Grids and users" : $"Grid {partition}", change);
                    return decision.Reply;
                }
                catch (StateConflictException conflict) when (attempt < MaxAttempts)
                {
                    logger.LogDebug("Deciding again after attempt {Attempt}: {Conflict}", attempt, conflict.Message);
                    await Task.Delay(TimeSpan.FromMilliseconds(5 * attempt * attempt), time, cancellationToken);
                }
            }
        }
        finally
        {
            turn.Release();
        }
    }
}

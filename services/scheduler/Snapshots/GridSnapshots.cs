using Kontena.Contracts.Deploys;
using Kontena.Contracts.Services;
using Kontena.State;
using Kontena.State.Documents;

namespace Kontena.Scheduler.Snapshots;

/// <summary>Reads grids from the store: all of one when it is taken over, single documents when somebody says they changed.</summary>
internal sealed class GridSnapshots(IStateStore store, TimeProvider time)
{
    private static readonly string Holder = $"{Environment.MachineName}/{Environment.ProcessId}";

    /// <summary>Takes the grid's epoch, then loads everything: whoever held it before can't commit from here on. Null when there is no
    /// such grid.</summary>
    /// <param name="grid">Its name.</param>
    /// <param name="held">The epoch the caller believes to hold still; null takes it from whoever has it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="StateConflictException">Somebody else took the epoch.</exception>
    public async Task<GridSnapshot?> TakeOverAsync(string grid, long? held, CancellationToken cancellationToken)
    {
        var found = await store.GetAsync(StateKeys.Grid, StateKeys.System, grid, cancellationToken);
        if (found is null)
            return null;

        var epoch = await store.GetAsync(StateKeys.SchedulerEpoch, grid, "epoch", cancellationToken);
        var expected = held ?? epoch?.Version ?? 0;
        var taken = new SchedulerEpoch { Holder = Holder, TakenAt = time.GetUtcNow() };
        await store.CommitAsync(new CommitBatch(grid).Put(StateKeys.SchedulerEpoch, taken, expected), cancellationToken);

        return await LoadAsync(grid, expected + 1, cancellationToken);
    }

    /// <summary>All of a grid to look at; nothing decided on it can be committed. Null when there is no such grid.</summary>
    public async Task<GridSnapshot?> ReadAsync(string grid, CancellationToken cancellationToken) =>
        await store.GetAsync(StateKeys.Grid, StateKeys.System, grid, cancellationToken) is null ? null : await LoadAsync(grid, epoch: 0, cancellationToken);

    /// <summary>All that grid-manager writes, anew: heals announcements that were missed.</summary>
    public async Task<GridSnapshot?> RereadFactsAsync(GridSnapshot snapshot, CancellationToken cancellationToken)
    {
        var grid = await store.GetAsync(StateKeys.Grid, StateKeys.System, snapshot.Name, cancellationToken);
        if (grid is null)
            return null;
        return snapshot with
        {
            Grid = grid.Value,
            Nodes = await LoadAsync(StateKeys.Node, snapshot.Name, cancellationToken),
            Liveness = await LoadAsync(StateKeys.NodeLiveness, snapshot.Name, cancellationToken),
            Stacks = await LoadAsync(StateKeys.Stack, snapshot.Name, cancellationToken),
            Services = await LoadAsync(StateKeys.Service, snapshot.Name, cancellationToken),
            Volumes = await LoadAsync(StateKeys.Volume, snapshot.Name, cancellationToken),
        };
    }

    /// <summary>All nodes, anew; the very same snapshot when none has changed.</summary>
    public async Task<GridSnapshot> RereadNodesAsync(GridSnapshot snapshot, CancellationToken cancellationToken)
    {
        var nodes = await LoadAsync(StateKeys.Node, snapshot.Name, cancellationToken);
        return nodes.ById.Count == snapshot.Nodes.ById.Count && nodes.ById.All(one => snapshot.Nodes.VersionOf(one.Key) == one.Value.Version)
            ? snapshot
            : snapshot with { Nodes = nodes };
    }

    /// <summary>One document, anew. Null when the grid itself is gone.</summary>
    public async Task<GridSnapshot?> RereadAsync(GridSnapshot snapshot, string kind, string id, CancellationToken cancellationToken)
    {
        if (kind == StateKeys.Grid.Name)
        {
            var grid = await store.GetAsync(StateKeys.Grid, StateKeys.System, snapshot.Name, cancellationToken);
            return grid is null ? null : snapshot with { Grid = grid.Value };
        }

        if (kind == StateKeys.Node.Name)
            return snapshot with { Nodes = await RereadAsync(snapshot.Nodes, snapshot.Name, id, cancellationToken) };
        if (kind == StateKeys.NodeLiveness.Name)
            return snapshot with { Liveness = await RereadAsync(snapshot.Liveness, snapshot.Name, id, cancellationToken) };
        if (kind == StateKeys.Stack.Name)
            return snapshot with { Stacks = await RereadAsync(snapshot.Stacks, snapshot.Name, id, cancellationToken) };
        if (kind == StateKeys.Service.Name)
            return snapshot with { Services = await RereadAsync(snapshot.Services, snapshot.Name, id, cancellationToken) };
        if (kind == StateKeys.Volume.Name)
            return snapshot with { Volumes = await RereadAsync(snapshot.Volumes, snapshot.Name, id, cancellationToken) };
        return snapshot;
    }

    /// <summary>A stack and its services, anew: what is about to be deployed must be what was last wanted.</summary>
    public async Task<GridSnapshot> RereadStackAsync(GridSnapshot snapshot, string stack, CancellationToken cancellationToken)
    {
        var listed = await store.ListAsync(StateKeys.Service, snapshot.Name, cancellationToken, new IndexValue("stack", stack));
        var services = snapshot.Services;
        foreach (var service in listed)
            services = services.Reread(Service.DocumentId(service.Value.Stack, service.Value.Name), service);
        return snapshot with
        {
            Services = services,
            Stacks = await RereadAsync(snapshot.Stacks, snapshot.Name, stack, cancellationToken),
        };
    }

    public async Task<IReadOnlyList<string>> GridNamesAsync(CancellationToken cancellationToken)
    {
        var grids = await store.ListAsync(StateKeys.Grid, StateKeys.System, cancellationToken);
        return [.. grids.Select(grid => grid.Value.Name)];
    }

    private async Task<GridSnapshot?> LoadAsync(string grid, long epoch, CancellationToken cancellationToken)
    {
        var snapshot = new GridSnapshot
        {
            Name = grid,
            Epoch = epoch,
            Instances = await LoadAsync(StateKeys.Instance, grid, cancellationToken),
            Observed = await LoadAsync(StateKeys.Observed, grid, cancellationToken),
            VolumeInstances = await LoadAsync(StateKeys.VolumeInstance, grid, cancellationToken),
            ServiceDeploys = await LoadAsync(StateKeys.ServiceDeploy, grid, cancellationToken),
            StackDeploys = await LoadAsync(StateKeys.StackDeploy, grid, cancellationToken),
            Drains = await LoadAsync(StateKeys.NodeDrain, grid, cancellationToken),
            Runs = await LoadAsync(StateKeys.ServiceRun, grid, cancellationToken),
            Schedules = await LoadAsync(StateKeys.ScheduleState, grid, cancellationToken),
        };
        return await RereadFactsAsync(snapshot, cancellationToken);
    }

    private async Task<DocumentTable<T>> LoadAsync<T>(DocumentKind<T> kind, string grid, CancellationToken cancellationToken)
        where T : class =>
        DocumentTable<T>.Of(kind, await store.ListAsync(kind, grid, cancellationToken));

    private async Task<DocumentTable<T>> RereadAsync<T>(DocumentTable<T> table, string grid, string id, CancellationToken cancellationToken)
        where T : class =>
        table.Reread(id, await store.GetAsync(table.Kind, grid, id, cancellationToken));
}

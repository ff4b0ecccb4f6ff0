using Kontena.Api.Http;
using Kontena.Api.Volumes;
using Kontena.Contracts.Deploys;
using Kontena.Contracts.Grids;
using Kontena.Contracts.Http;
using Kontena.Contracts.Identity;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Jobs;
using Kontena.Contracts.Networking;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Registries;
using Kontena.Contracts.Services;
using Kontena.Contracts.Stacks;
using Kontena.Contracts.Vault;
using Kontena.Contracts.Volumes;
using Kontena.State;
using Kontena.State.Documents;

namespace Kontena.Api.Snapshots;

/// <summary>Reads what a request needs from the store; says 404 for what is not there.</summary>
internal sealed class SnapshotReader(IStateStore store)
{
    /// <summary>Ids are at most this long; longer ones can't exist and are not looked up.</summary>
    private const int LongestId = 256;

    public async Task<IReadOnlyList<Grid>> GridsAsync(CancellationToken cancellationToken) =>
        [.. (await store.ListAsync(StateKeys.Grid, StateKeys.System, cancellationToken)).Select(one => one.Value).OrderBy(grid => grid.CreatedAt)];

    public async Task<Grid> GridAsync(string grid, CancellationToken cancellationToken) =>
        await FindGridAsync(grid, cancellationToken) ?? throw HttpRefusal.NotFound();

    /// <summary>What each node last measured of the grid's network, by name.</summary>
    public async Task<IReadOnlyList<NetworkCheck>> NetworkChecksAsync(string grid, CancellationToken cancellationToken) =>
        [.. Values(await store.ListAsync(StateKeys.NetworkCheck, grid, cancellationToken)).OrderBy(check => check.Node, StringComparer.Ordinal)];

    public Task<Grid?> FindGridAsync(string grid, CancellationToken cancellationToken) =>
        FindAsync(StateKeys.Grid, StateKeys.System, grid, cancellationToken);

    /// <summary>Also one that is marked removed; null when its document has gone.</summary>
    public Task<Volume?> FindVolumeAsync(string grid, string volume, CancellationToken cancellationToken) =>
        FindAsync(StateKeys.Volume, grid, volume, cancellationToken);

    public Task<Secret?> FindSecretAsync(string grid, string secret, CancellationToken cancellationToken) =>
        FindAsync(StateKeys.Secret, grid, secret, cancellationToken);

    public async Task<Secret> SecretAsync(string grid, string secret, CancellationToken cancellationToken) =>
        await FindSecretAsync(grid, secret, cancellationToken) ?? throw HttpRefusal.NotFound();

    public async Task<IReadOnlyList<Secret>> SecretsAsync(string grid, CancellationToken cancellationToken) =>
        [.. Values(await store.ListAsync(StateKeys.Secret, grid, cancellationToken)).OrderBy(secret => secret.CreatedAt).ThenBy(secret => secret.Name, StringComparer.Ordinal)];

    /// <summary>As they were added.</summary>
    public async Task<IReadOnlyList<ExternalRegistry>> RegistriesAsync(string grid, CancellationToken cancellationToken) =>
        [.. Values(await store.ListAsync(StateKeys.ExternalRegistry, grid, cancellationToken)).OrderBy(one => one.CreatedAt).ThenBy(one => one.Name, StringComparer.Ordinal)];

    public async Task<ExternalRegistry> RegistryAsync(string grid, string name, CancellationToken cancellationToken) =>
        await FindAsync(StateKeys.ExternalRegistry, grid, name, cancellationToken) ?? throw HttpRefusal.NotFound();

    /// <summary>The grid's services without what runs of them, as they were created; not those that are being removed.</summary>
    public async Task<IReadOnlyList<Service>> ServicesAsync(string grid, CancellationToken cancellationToken) =>
        [.. Values(await store.ListAsync(StateKeys.Service, grid, cancellationToken)).Where(service => service.RemovedAt is null)
            .OrderBy(service => service.CreatedAt).ThenBy(service => service.Uid, StringComparer.Ordinal)];

    /// <summary>What of the grid's data is on the machine of a node; null when there is none.</summary>
    public async Task<NodeDataJson?> DataOnAsync(Node node, CancellationToken cancellationToken)
    {
        var instances = store.ListAsync(StateKeys.Instance, node.Grid, cancellationToken);
        var volumes = store.ListAsync(StateKeys.VolumeInstance, node.Grid, cancellationToken);
        return NodeData.Of(node, Values(await instances), Values(await volumes));
    }

    public async Task<VolumesSnapshot> VolumesAsync(Grid grid, CancellationToken cancellationToken)
    {
        var volumes = store.ListAsync(StateKeys.Volume, grid.Name, cancellationToken);
        var instances = store.ListAsync(StateKeys.VolumeInstance, grid.Name, cancellationToken);
        var services = store.ListAsync(StateKeys.Service, grid.Name, cancellationToken);
        var nodes = store.ListAsync(StateKeys.Node, grid.Name, cancellationToken);
        return new VolumesSnapshot(
            [.. Values(await volumes).Where(volume => volume.RemovedAt is null).OrderBy(volume => volume.CreatedAt).ThenBy(volume => volume.Name, StringComparer.Ordinal)],
            Values(await instances),
            [.. Values(await services).Where(service => service.RemovedAt is null)],
            Values(await nodes));
    }

    /// <summary>By name, or by engine id when it has a colon (rest-api.md §1.8).</summary>
    public async Task<Node> NodeAsync(string grid, string node, CancellationToken cancellationToken)
    {
        var found = node.Contains(':')
            ? await FindNodeOfEngineAsync(grid, node, cancellationToken)
            : await FindAsync(StateKeys.Node, grid, node, cancellationToken);
        return found ?? throw HttpRefusal.NotFound();
    }

    /// <summary>By engine id, whatever it looks like; null when the grid has none.</summary>
    public async Task<Node?> FindNodeOfEngineAsync(string grid, string engineId, CancellationToken cancellationToken) =>
        engineId.Length <= LongestId && await store.ListAsync(StateKeys.Node, grid, cancellationToken, new IndexValue("node-id", engineId)) is [var first, ..]
            ? first.Value
            : null;

    /// <summary>Also one that is being taken down: it is gone when its last service is.</summary>
    public async Task<Stack> StackAsync(string grid, string stack, CancellationToken cancellationToken) =>
        await FindAsync(StateKeys.Stack, grid, stack, cancellationToken) ?? throw new HttpRefusal(StatusCodes.Status404NotFound, "Not found");

    public async Task<IReadOnlyList<Stack>> StacksAsync(string grid, CancellationToken cancellationToken) =>
        [.. (await store.ListAsync(StateKeys.Stack, grid, cancellationToken)).Select(one => one.Value)
            .Where(stack => stack.Name != Service.NoStack).OrderBy(stack => stack.CreatedAt).ThenBy(stack => stack.Name, StringComparer.Ordinal)];

    /// <summary>Not one that is marked removed.</summary>
    public async Task<Service> ServiceAsync(string grid, string stack, string service, CancellationToken cancellationToken) =>
        await FindServiceAsync(grid, stack, service, cancellationToken) is { RemovedAt: null } found ? found : throw HttpRefusal.NotFound();

    /// <summary>Also one that is marked removed; null when its document has gone.</summary>
    public Task<Service?> FindServiceAsync(string grid, string stack, string service, CancellationToken cancellationToken) =>
        FindAsync(StateKeys.Service, grid, Service.DocumentId(stack, service), cancellationToken);

    public async Task<ServiceDeploy> ServiceDeployAsync(string grid, string id, CancellationToken cancellationToken) =>
        await FindAsync(StateKeys.ServiceDeploy, grid, id, cancellationToken) ?? throw HttpRefusal.NotFound();

    public async Task<StackDeploy> StackDeployAsync(string grid, string id, CancellationToken cancellationToken) =>
        await FindAsync(StateKeys.StackDeploy, grid, id, cancellationToken) ?? throw HttpRefusal.NotFound();

    public async Task<IReadOnlyList<ServiceDeploy>> ServiceDeploysAsync(string grid, IEnumerable<string> ids, CancellationToken cancellationToken) =>
        [.. (await Task.WhenAll(ids.Select(id => FindAsync(StateKeys.ServiceDeploy, grid, id, cancellationToken)))).OfType<ServiceDeploy>()];

    /// <summary>Every deploy of the service that is on record, newest first.</summary>
    public async Task<IReadOnlyList<ServiceDeploy>> DeploysOfAsync(Service service, CancellationToken cancellationToken) =>
        [.. Values(await store.ListAsync(StateKeys.ServiceDeploy, service.Grid, cancellationToken, OfService(service)))
            .Where(deploy => deploy.ServiceUid == service.Uid).OrderByDescending(deploy => deploy.Id, StringComparer.Ordinal)];

    /// <summary>Its kept revisions, newest first.</summary>
    public async Task<IReadOnlyList<ServiceRevision>> RevisionsOfAsync(Service service, CancellationToken cancellationToken) =>
        [.. Values(await store.ListAsync(StateKeys.ServiceRevision, service.Grid, cancellationToken, OfService(service)))
            .Where(revision => revision.ServiceUid == service.Uid).OrderByDescending(revision => revision.Revision)];

    public async Task<ServiceRun> RunAsync(string grid, string id, CancellationToken cancellationToken) =>
        await FindAsync(StateKeys.ServiceRun, grid, id, cancellationToken) ?? throw HttpRefusal.NotFound();

    /// <summary>Its runs that are on record, newest first.</summary>
    public async Task<IReadOnlyList<ServiceRun>> RunsOfAsync(Service service, CancellationToken cancellationToken) =>
        [.. Values(await store.ListAsync(StateKeys.ServiceRun, service.Grid, cancellationToken, OfService(service)))
            .Where(run => run.ServiceUid == service.Uid).OrderByDescending(run => run.CreatedAt).ThenByDescending(run => run.Id, StringComparer.Ordinal)];

    private static IndexValue OfService(Service service) => new("service", Service.DocumentId(service.Stack, service.Name));

    public async Task<NodeLiveness?> LivenessAsync(string grid, string node, CancellationToken cancellationToken) =>
        await FindAsync(StateKeys.NodeLiveness, grid, node, cancellationToken);

    /// <summary>Everything of the grid.</summary>
    public async Task<GridSnapshot> WholeAsync(Grid grid, CancellationToken cancellationToken)
    {
        var services = store.ListAsync(StateKeys.Service, grid.Name, cancellationToken);
        var instances = store.ListAsync(StateKeys.Instance, grid.Name, cancellationToken);
        var observed = store.ListAsync(StateKeys.Observed, grid.Name, cancellationToken);
        return await BuildAsync(grid, services, Values(await instances), Values(await observed), cancellationToken);
    }

    /// <summary>Everything of the grid, and how many users it has.</summary>
    public async Task<GridSnapshot> WithUserCountAsync(Grid grid, CancellationToken cancellationToken)
    {
        var users = UsersOfAsync(grid.Name, cancellationToken);
        return await WholeAsync(grid, cancellationToken) with { UserCount = (await users).Count };
    }

    /// <summary>The users of a grid: the administrator, and then as they were invited.</summary>
    public async Task<IReadOnlyList<User>> UsersOfAsync(string grid, CancellationToken cancellationToken) =>
        [User.Administrator, .. Values(await store.ListAsync(StateKeys.User, StateKeys.System, cancellationToken, new IndexValue("grid", grid)))];

    /// <summary>All users: the administrator, and then as they were invited.</summary>
    public async Task<IReadOnlyList<User>> UsersAsync(CancellationToken cancellationToken) =>
        [User.Administrator, .. Values(await store.ListAsync(StateKeys.User, StateKeys.System, cancellationToken))];

    public async Task<User?> FindUserAsync(string email, CancellationToken cancellationToken)
    {
        if (User.Administrator.IsCalled(email))
            return User.Administrator;
        return email.Length is > 0 and <= LongestId && !email.Any(char.IsControl)
            && await store.ListAsync(StateKeys.User, StateKeys.System, cancellationToken, StateKeys.UserEmail(email)) is [var found, ..]
            ? found.Value
            : null;
    }

    /// <summary>The services of one stack and what runs of them.</summary>
    public Task<GridSnapshot> OfStackAsync(Grid grid, string stack, CancellationToken cancellationToken)
    {
        var services = store.ListAsync(StateKeys.Service, grid.Name, cancellationToken, new IndexValue("stack", stack));
        return OfServicesAsync(grid, services, cancellationToken);
    }

    /// <summary>One service and what runs of it.</summary>
    public Task<GridSnapshot> OfServiceAsync(Grid grid, Service service, CancellationToken cancellationToken) =>
        OfServicesAsync(grid, Task.FromResult<IReadOnlyList<Versioned<Service>>>([new Versioned<Service>(service, 0)]), cancellationToken);

    /// <summary>The nodes alone.</summary>
    public async Task<GridSnapshot> OfNodesAsync(Grid grid, CancellationToken cancellationToken)
    {
        var drains = store.ListAsync(StateKeys.NodeDrain, grid.Name, cancellationToken);
        var snapshot = await BuildAsync(grid, Task.FromResult<IReadOnlyList<Versioned<Service>>>([]), [], [], cancellationToken);
        return snapshot with { Drains = Values(await drains).ToDictionary(one => one.Node) };
    }

    private async Task<GridSnapshot> OfServicesAsync(
        Grid grid, Task<IReadOnlyList<Versioned<Service>>> services, CancellationToken cancellationToken)
    {
        var lists = await Task.WhenAll((await services).Select(service => store.ListAsync(StateKeys.Instance, grid.Name, cancellationToken,
            new IndexValue("service", Service.DocumentId(service.Value.Stack, service.Value.Name)))));
        var instances = lists.SelectMany(list => Values(list)).ToList();
        var places = instances.SelectMany(instance =>
            instance.Departures.Select(departure => departure.Node).Append(instance.Node).OfType<string>().Distinct()
                .Select(node => InstanceObserved.DocumentId(node, instance.Id)));
        var observed = await Task.WhenAll(places.Select(id => FindAsync(StateKeys.Observed, grid.Name, id, cancellationToken)));
        return await BuildAsync(grid, services, instances, [.. observed.OfType<InstanceObserved>()], cancellationToken);
    }

    private async Task<GridSnapshot> BuildAsync(
        Grid grid,
        Task<IReadOnlyList<Versioned<Service>>> services,
        IReadOnlyList<Instance> instances,
        IReadOnlyList<InstanceObserved> observed,
        CancellationToken cancellationToken)
    {
        var nodes = store.ListAsync(StateKeys.Node, grid.Name, cancellationToken);
        var liveness = store.ListAsync(StateKeys.NodeLiveness, grid.Name, cancellationToken);
        var deploys = store.ListAsync(StateKeys.ServiceDeploy, grid.Name, cancellationToken, StateKeys.Unfinished);
        var byId = instances.ToDictionary(instance => instance.Id);
        var scheduled = (await services).Select(one => one.Value).Where(service => service is { RemovedAt: null, Spec.Schedule: not null }).ToList();
        var schedules = scheduled.Count == 0 ? [] : Values(await store.ListAsync(StateKeys.ScheduleState, grid.Name, cancellationToken));
        var known = scheduled.Select(service => service.Uid).ToHashSet(StringComparer.Ordinal);
        // One document of each, however many are kept.
        var lastRuns = await Task.WhenAll(schedules.Where(one => known.Contains(one.ServiceUid))
            .Select(one => one.LastRun).OfType<string>().Select(id => FindAsync(StateKeys.ServiceRun, grid.Name, id, cancellationToken)));
        return new GridSnapshot
        {
            Schedules = schedules.ToDictionary(one => one.ServiceUid),
            LastRuns = lastRuns.OfType<ServiceRun>().ToDictionary(run => run.ServiceUid),
            Grid = grid,
            Nodes = [.. Values(await nodes).OrderBy(node => node.Name, StringComparer.Ordinal)],
            Liveness = Values(await liveness).ToDictionary(one => one.Node),
            Services = [.. Values(await services).Where(service => service.RemovedAt is null)],
            Instances = instances.Where(instance => instance.Desired != DesiredState.Removed).OrderBy(instance => instance.Number)
                .ToLookup(instance => Service.DocumentId(instance.Stack, instance.Service)),
            Seen = [.. observed.Select(one => new SeenInstance(one, byId.GetValueOrDefault(one.InstanceId)))
                .OrderBy(one => one.CreatedAt).ThenBy(one => one.ContainerName, StringComparer.Ordinal)],
            Deploying = Values(await deploys).Select(deploy => Service.DocumentId(deploy.Stack, deploy.Service)).ToHashSet(),
        };
    }

    private async Task<T?> FindAsync<T>(DocumentKind<T> kind, string partition, string id, CancellationToken cancellationToken)
        where T : class =>
        id.Length is 0 or > LongestId ? null : (await store.GetAsync(kind, partition, id, cancellationToken))?.Value;

    private static IReadOnlyList<T> Values<T>(IReadOnlyList<Versioned<T>> documents) => [.. documents.Select(one => one.Value)];
}

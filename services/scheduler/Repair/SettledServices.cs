using Kontena.Contracts.Grids;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Services;
using Kontena.Scheduler.Placement;
using Kontena.Scheduler.Placement.Strategies;
using Kontena.Scheduler.Snapshots;

namespace Kontena.Scheduler.Repair;

/// <summary>Services that were found to be as wanted, each with all that this depends on: they are planned again only when some of it has changed.</summary>
/// <remarks>Instances that may stay where they are stay, so that for them nothing counts but the service, its instances, and the nodes they are on with what lies
/// there. Where more counts (volumes, an instance on each node, time that passes) a service is planned every time.</remarks>
internal sealed class SettledServices
{
    private readonly Dictionary<string, Grounds> _settled = new(StringComparer.Ordinal);

    public bool IsStill(GridDraft draft, Service service)
    {
        if (!_settled.TryGetValue(service.Uid, out var grounds))
            return false;
        if (grounds.Holds(draft, service))
            return true;
        _settled.Remove(service.Uid);
        return false;
    }

    /// <summary>The service's instances are all there and may all stay.</summary>
    public void Settle(GridDraft draft, Service service, IEnumerable<Instance> own)
    {
        if (service.Spec is not { Volumes.Count: 0, DeployInterval: not > 0 } || PlacementStrategies.Find(service.Spec.Strategy) is not { PerNode: false })
            return;
        var scene = draft.Scene;
        var nodes = own.Select(one => one.Node).OfType<string>().Distinct(StringComparer.Ordinal).Select(scene.Find).ToList();
        // One that is away is kept only for a while.
        if (nodes.TrueForAll(node => node is { IsOpen: true }))
            _settled[service.Uid] = new Grounds(service, draft.Grid, draft.MarkOf(service.Uid), scene.Rules.PeakOf(service), [.. nodes.Select(node => (node!, scene.On(node!)))]);
    }

    /// <summary>Forgets services that no longer exist.</summary>
    public void Prune(GridDraft draft)
    {
        foreach (var gone in _settled.Where(one => !one.Value.IsThere(draft)).Select(one => one.Key).ToList())
            _settled.Remove(gone);
    }

    private sealed record Grounds(Service Service, Grid? Grid, object? Own, long Peak, (Candidate Node, Occupancy On)[] Nodes)
    {
        public bool Holds(GridDraft draft, Service service) =>
            ReferenceEquals(service, Service) && ReferenceEquals(draft.Grid, Grid) && ReferenceEquals(draft.MarkOf(service.Uid), Own)
            && draft.Scene.Rules.PeakOf(service) == Peak && Array.TrueForAll(Nodes, one => Lies(draft.Scene, one.Node, one.On));

        public bool IsThere(GridDraft draft) => draft.Service(Service.Stack, Service.Name, Service.Uid) is not null;

        private static bool Lies(PlacementScene scene, Candidate node, Occupancy on) =>
            ReferenceEquals(scene.Find(node.Name), node) && ReferenceEquals(scene.On(node), on);
    }
}

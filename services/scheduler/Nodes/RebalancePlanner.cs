using Kontena.Contracts.Instances;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;
using Kontena.Scheduler.InstanceSpecs;
using Kontena.Scheduler.Placement;

namespace Kontena.Scheduler.Nodes;

/// <summary>An instance that is better off elsewhere.</summary>
internal sealed record RebalanceMove(Service Service, Instance Instance, string To, string Why)
{
    public override string ToString() => $"{InstanceNames.Container(Service.Stack, Service.Name, Instance.Number)}: {Instance.Node} → {To} ({Why})";
}

/// <summary>What rebalancing looks at.</summary>
internal sealed record RebalanceView
{
    public required PlacementScene Scene { get; init; }

    /// <summary>What runs once lies on nodes as well, for a while.</summary>
    public IReadOnlyList<Instance> Runs { get; init; } = [];

    /// <summary>Services that may be moved about: stateless, without volumes, spread, at rest and whole.</summary>
    public required IReadOnlyList<Service> Services { get; init; }
    public required Func<string, IReadOnlyList<Instance>> OwnOf { get; init; }

    /// <summary>Nodes that may gain something.</summary>
    public required Func<Candidate, bool> MayGain { get; init; }
    public required DateTimeOffset Now { get; init; }
}

/// <summary>Which instances are to move so that the grid lies more evenly: first each service over the zones, then over the nodes, then all instances over the
/// nodes. Pure.</summary>
/// <remarks>
/// Where an instance goes is what placement itself answers when asked anew, and it goes only when that lowers the sum of the squares of the counts: a
/// difference of one never moves anything, and every row of moves ends. Constraints hold, since placement knows them. What runs once is no reason to move: placement is
/// asked without it, and has to answer the same with it, as the deploy that moves will ask.
/// </remarks>
internal static class RebalancePlanner
{
    /// <param name="most">Moves at most; one per service.</param>
    public static IReadOnlyList<RebalanceMove> Plan(RebalanceView view, int most)
    {
        var moves = new List<RebalanceMove>();
        if (most <= 0 || !view.Scene.Nodes.Any(view.MayGain))
            return moves;
        var scene = view.Scene.After(view.Runs.Select(run => ((Instance?)run, (Instance?)null)));
        var loads = scene.Nodes.ToDictionary(node => node.Name, node => scene.On(node).All.Count(one => !one.Leaving), StringComparer.Ordinal);
        foreach (var service in view.Services)
        {
            if (Best(view, scene, service, loads) is not { } move)
                continue;
            moves.Add(move);
            if (moves.Count >= most)
                return moves;
            var to = scene.Find(move.To)!;
            scene = scene.After([(move.Instance, move.Instance with { Node = to.Name, NodeId = to.Node.NodeId })]);
            loads[move.Instance.Node!]--;
            loads[move.To]++;
        }

        return moves;
    }

    private static RebalanceMove? Best(RebalanceView view, PlacementScene scene, Service service, Dictionary<string, int> loads)
    {
        var own = view.OwnOf(service.Uid);
        var present = own.Where(one => one.Desired != DesiredState.Removed).ToList();
        var counts = new Counts(scene, present, loads);
        var least = scene.Nodes.Where(view.MayGain).ToList();
        // From the fullest place first; the highest number of those there.
        foreach (var instance in present
            .OrderByDescending(one => counts.ZoneOf(one.Node)).ThenByDescending(one => counts.NodeOf(one.Node)).ThenByDescending(one => loads.GetValueOrDefault(one.Node ?? ""))
            .ThenByDescending(one => one.Number))
        {
            if (instance.Node is not { } from || scene.Find(from) is null || !least.Exists(node => counts.Gain(from, node.Name) is not null))
                continue;
            if (Anew(scene, service, own, instance, view.Now) is not { } to || to == from || !least.Exists(node => node.Name == to) || counts.Gain(from, to) is not { } why)
                continue;
            if (view.Runs.Count == 0 || Anew(scene.After(view.Runs.Select(run => ((Instance?)null, (Instance?)run))), service, own, instance, view.Now) == to)
                return new RebalanceMove(service, instance, to, why);
        }

        return null;
    }

    /// <summary>Where placement puts this one, if it asks for it anew; null when it can't place the service.</summary>
    private static string? Anew(PlacementScene scene, Service service, IReadOnlyList<Instance> own, Instance instance, DateTimeOffset now)
    {
        var freed = instance with { Node = null, NodeId = null };
        var without = own.Select(one => ReferenceEquals(one, instance) ? freed : one);
        return PlacementPlanner.Plan(scene.After([(instance, freed)]), service, without, now, PlacementSeed.Of(service)) is PlacementPlan.Placed placed && instance.Number <= placed.Assignments.Count
            ? placed.Assignments[instance.Number - 1].Node.Name
            : null;
    }

    /// <summary>How many of the service, and of all, are where.</summary>
    private sealed class Counts(PlacementScene scene, List<Instance> present, Dictionary<string, int> loads)
    {
        private readonly Dictionary<string, int> _nodes = present.GroupBy(one => one.Node ?? "", StringComparer.Ordinal)
            .ToDictionary(node => node.Key, node => node.Count(), StringComparer.Ordinal);

        private readonly Dictionary<string, int> _zones = present.GroupBy(one => Zone(scene, one.Node), StringComparer.Ordinal)
            .ToDictionary(zone => zone.Key, zone => zone.Count(), StringComparer.Ordinal);

        public int NodeOf(string? node) => _nodes.GetValueOrDefault(node ?? "");

        public int ZoneOf(string? node) => _zones.GetValueOrDefault(Zone(scene, node));

        /// <summary>What is won; null when nothing is.</summary>
        public string? Gain(string from, string to)
        {
            var zones = Zone(scene, from) == Zone(scene, to) ? 0 : ZoneOf(from) - ZoneOf(to) - 1;
            var nodes = NodeOf(from) - NodeOf(to) - 1;
            var all = loads.GetValueOrDefault(from) - loads.GetValueOrDefault(to) - 1;
            return (zones, nodes, all) switch
            {
                ( > 0, _, _) => $"{ZoneOf(from)} of the service in {Zone(scene, from)}, {ZoneOf(to)} in {Zone(scene, to)}",
                (0, > 0, _) => $"{NodeOf(from)} of the service on {from}, {NodeOf(to)} on {to}",
                (0, 0, > 0) => $"{loads[from]} instances on {from}, {loads[to]} on {to}",
                _ => null,
            };
        }

        private static string Zone(PlacementScene scene, string? node) =>
            scene.Find(node ?? "")?.Node.Labels.FirstOrDefault(label => label.StartsWith("az=", StringComparison.Ordinal)) ?? "az=default";
    }
}

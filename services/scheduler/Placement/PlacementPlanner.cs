using Kontena.Contracts.Instances;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;
using Kontena.Core.Affinities;
using Kontena.Scheduler.Placement.Filters;
using Kontena.Scheduler.Placement.Strategies;

namespace Kontena.Scheduler.Placement;

/// <summary>Gives every instance of a service a node. Pure: the same scene, service, time and seed give the same plan (runtime.md
/// §2.3).</summary>
/// <remarks>Instances that may stay where they are stay: first all of those, in the order of their numbers, then the rest finds a place
/// around them. A healthy instance moves only when a rule forbids its node (runtime.md §9.1 D7).</remarks>
internal static class PlacementPlanner
{
    private static readonly IPlacementFilter[] Filters =
    [
        new AvailabilityFilter(), new EphemeralFilter(), new VolumeFilter(), new AffinityFilter(), new PortFilter(),
        new CpuFilter(), new MemoryFilter(), new DependencyFilter(), new PerNodeFilter(),
    ];

    /// <param name="own">The instances of the service as they are.</param>
    /// <param name="seed">For strategies that draw lots.</param>
    public static PlacementPlan Plan(PlacementScene scene, Service service, IEnumerable<Instance> own, DateTimeOffset now, ulong seed)
    {
        if (PlacementStrategies.Find(service.Spec.Strategy) is not { } strategy)
        {
            return Refuse(service, $"strategy '{service.Spec.Strategy}' is not known; known are {string.Join(", ", PlacementStrategies.Names)}");
        }

        var rules = service.Spec.Affinity.Count > 0 ? service.Spec.Affinity : scene.DefaultAffinity;
        var affinities = new List<AffinityExpression>(rules.Count);
        foreach (var rule in rules)
        {
            if (!AffinityExpression.TryParse(rule, out var affinity, out var error))
                return Refuse(service, error);
            affinities.Add(affinity);
        }

        var board = new PlacementBoard(scene, service, own);
        var count = Count(board, strategy, affinities, now);
        if (count == 0)
            return NoNode(Query(1));

        var assignments = new Assignment?[count];
        for (var number = 1; number <= count; number++)
        {
            if (board.Current(number)?.Node is not { } name || scene.Nodes.FirstOrDefault(node => node.Name == name) is not { } node)
                continue;
            if (Excluded(Query(number), node) is null)
                Assign(number, node, kept: true);
        }

        for (var number = 1; number <= count; number++)
        {
            if (assignments[number - 1] is not null)
                continue;
            var query = Query(number);
            var candidates = scene.Nodes.Where(node => Excluded(query, node) is null).ToList();
            if (candidates.Count == 0)
                return NoNode(query);
            Assign(number, strategy.Choose(query, SoftAffinity.Narrow(query, candidates), seed), kept: false);
        }

        return new PlacementPlan.Placed([.. assignments.OfType<Assignment>()]);

        PlacementQuery Query(int number) =>
            new(board, number, strategy, [.. affinities.Select(affinity => affinity.ForInstance(number))], now);

        void Assign(int number, Candidate node, bool kept)
        {
            board.Choose(number, node.Name);
            assignments[number - 1] = new Assignment(number, node.Node, kept);
        }
    }

    private static int Count(
        PlacementBoard board, IPlacementStrategy strategy, IReadOnlyList<AffinityExpression> affinities, DateTimeOffset now)
    {
        if (!strategy.PerNode)
            return board.Spec.Instances;

        // Which nodes would take one at all, as long as none of the service's own is there.
        var query = new PlacementQuery(board, 0, strategy, affinities, now);
        return board.Scene.Nodes.Count(node => Excluded(query, node) is null) * board.Spec.Instances;
    }

    private static Exclusion? Excluded(PlacementQuery query, Candidate node)
    {
        foreach (var filter in Filters)
        {
            if (filter.Exclude(query, node) is { } exclusion)
                return exclusion;
        }

        return null;
    }

    private static PlacementPlan.Refused NoNode(PlacementQuery query)
    {
        var nodes = query.Board.Scene.Nodes
            .Select(node => (node.Name, Exclusion: Excluded(query, node)))
            .Where(one => one.Exclusion is not null)
            .Select(one => new NodeExclusion(one.Name, one.Exclusion!));
        return new PlacementPlan.Refused(
            new PlacementExplanation(query.Board.NameOf(query.Number), [.. nodes]),
            query.Board.Scene.Nodes.Any(node => node is { State: LivenessState.Suspect } && Excluded(query, node.IfOnline()) is null));
    }

    private static PlacementPlan.Refused Refuse(Service service, string problem) =>
        new(new PlacementExplanation(InstanceSpecs.InstanceNames.Container(service.Stack, service.Name, 1), [], problem));
}

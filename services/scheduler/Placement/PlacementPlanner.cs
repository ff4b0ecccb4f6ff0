using Kontena.Contracts.Instances;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;

namespace Kontena.Scheduler.Placement;

/// <summary>Gives every instance of a service a node. Pure: the same scene, service, time and seed give the same plan (runtime.md
/// §2.3).</summary>
/// <remarks>Instances that may stay where they are stay: first all of those, in the order of their numbers, then the rest finds a place
/// around them. A healthy instance moves only when a rule forbids its node (runtime.md §9.1 D7).</remarks>
internal static class PlacementPlanner
{
    /// <param name="own">The instances of the service as they are.</param>
    /// <param name="seed">For strategies that draw lots.</param>
    /// <returns>For a service that is only ever run, by a schedule or its deploys: no instance at all.</returns>
    public static PlacementPlan Plan(PlacementScene scene, Service service, IEnumerable<Instance> own, DateTimeOffset now, ulong seed)
    {
        if (!ServiceSpec.KeepsInstances(service.Spec))
            return new PlacementPlan.Placed([]);
        return PlacementRun.TryBegin(scene, service, own, now, seed, out var run, out var problem)
            ? Plan(run, witness: null)
            : Refuse(service, problem);
    }

    /// <summary>The same plan, in one run, with its reasons: for each instance and node the rule that excluded it, or how it scored. Asks every node about
    /// every instance that is told of.</summary>
    /// <param name="only">The number of the one instance to tell of; null for all of them.</param>
    /// <param name="most">Instances to tell of at most; one that finds no node is told of in any case.</param>
    public static PlacementReport Explain(
        PlacementScene scene, Service service, IEnumerable<Instance> own, DateTimeOffset now, ulong seed, int? only = null, int most = int.MaxValue)
    {
        if (!PlacementRun.TryBegin(scene, service, own, now, seed, out var run, out var problem))
            return new PlacementReport([], Refuse(service, problem), problem);
        var witness = new PlacementWitness(run, only, most);
        var plan = Plan(run, witness);
        return new PlacementReport(witness.Reports, plan, null);
    }

    private static PlacementPlan Plan(PlacementRun run, PlacementWitness? witness)
    {
        var count = Count(run);
        if (count == 0)
            return NoNode(run, run.Query(1), witness);

        var assignments = new Assignment?[count];
        Keep(run, assignments, witness);
        if (Array.TrueForAll(assignments, one => one is not null))
            return new PlacementPlan.Placed(assignments!);

        using var ranking = new NodeRanking(run);
        var quotas = new QuotaGate(run.Board);
        for (var number = 1; number <= count; number++)
        {
            if (assignments[number - 1] is not null)
                continue;
            var query = run.Query(number);
            if (quotas.Refusal() is { } exceeded)
                return Exceeding(query, exceeded, witness) with { Found = Found() };
            if (ranking.Best(query) is not { } node)
                return NoNode(run, query, witness) with { Found = Found() };
            witness?.Decided(query, node, kept: false);
            run.Board.Choose(number, node);
            ranking.Taken(node);
            quotas.Taken();
            assignments[number - 1] = new Assignment(number, node.Node, Kept: false);
        }

        return new PlacementPlan.Placed(assignments!);

        IReadOnlyList<Assignment> Found() => [.. assignments.OfType<Assignment>()];
    }

    private static int Count(PlacementRun run)
    {
        if (!run.Strategy.PerNode)
            return run.Board.Spec.Instances;

        // Which nodes would take one at all, as long as none of the service's own is there.
        var query = run.Query(PlacementQuery.Any);
        return run.Board.Scene.Nodes.Count(node => run.Admits(query, node)) * run.Board.Spec.Instances;
    }

    private static void Keep(PlacementRun run, Assignment?[] assignments, PlacementWitness? witness)
    {
        for (var number = 1; number <= assignments.Length; number++)
        {
            if (run.Board.Current(number)?.Node is not { } name || run.Board.Scene.Find(name) is not { } node)
                continue;
            var query = run.Query(number);
            if (!run.Admits(query, node))
                continue;
            witness?.Decided(query, node, kept: true);
            run.Board.Choose(number, node);
            assignments[number - 1] = new Assignment(number, node.Node, Kept: true);
        }
    }

    private static PlacementPlan.Refused NoNode(PlacementRun run, PlacementQuery query, PlacementWitness? witness)
    {
        witness?.Decided(query, null, kept: false);
        var nodes = query.Board.Scene.Nodes
            .Select(node => (node.Name, Exclusion: run.Excluded(query, node)))
            .Where(one => one.Exclusion is not null)
            .Select(one => new NodeExclusion(one.Name, one.Exclusion!));
        return new PlacementPlan.Refused(
            new PlacementExplanation(query.Board.NameOf(query.Number), [.. nodes]),
            query.Board.Scene.Nodes.Any(node => node is { State: LivenessState.Suspect } && run.Admits(query, node.IfOnline())));
    }

    private static PlacementPlan.Refused Exceeding(PlacementQuery query, string problem, PlacementWitness? witness)
    {
        witness?.Decided(query, null, kept: false, problem);
        return new PlacementPlan.Refused(new PlacementExplanation(query.Board.NameOf(query.Number), [], problem));
    }

    private static PlacementPlan.Refused Refuse(Service service, string problem) =>
        new(new PlacementExplanation(InstanceSpecs.InstanceNames.Container(service.Stack, service.Name, 1), [], problem));
}

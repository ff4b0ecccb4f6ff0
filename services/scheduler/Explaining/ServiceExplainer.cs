using Kontena.Contracts.Instances;
using Kontena.Contracts.Placement;
using Kontena.Contracts.Services;
using Kontena.Scheduler.Placement;
using Kontena.Scheduler.Snapshots;

namespace Kontena.Scheduler.Explaining;

/// <summary>Answers "why here, why not there" with the planner that places. Pure.</summary>
internal static class ServiceExplainer
{
    /// <summary>Instances and, for each, nodes that an answer holds.</summary>
    public const int Most = 100;

    public static PlacementExplained Explain(GridSnapshot snapshot, ExplainPlacement question, DateTimeOffset now)
    {
        if (snapshot.Services.Find(Service.DocumentId(question.Stack, question.Service)) is not { RemovedAt: null } service)
            return new PlacementExplained { Found = false };
        var draft = WhatIf.Draft(snapshot);
        var own = draft.InstancesOf(service.Uid);
        var seed = PlacementSeed.Of(service);
        var report = PlacementPlanner.Explain(draft.Scene, service, own, now, seed, question.Instance);
        if (report.Problem is not null)
            return new PlacementExplained { Found = true, Problem = report.Problem, Wanted = service.Spec.Instances };

        var plan = PlacementPlanner.Plan(draft.Scene, service, own, now, seed);
        var wanted = plan is PlacementPlan.Placed all ? all.Assignments.Count : service.Spec.Instances;
        var placed = plan is PlacementPlan.Placed ? wanted : PlacementPlanner.Explain(draft.Scene, service, own, now, seed).Instances.Count(one => one.Node is not null);
        var present = own.Where(one => one.Desired != DesiredState.Removed).ToDictionary(one => one.Number, one => one.Node);
        // The last one is the refusal: it is told of whatever is left out.
        var told = report.Instances.Count <= Most ? report.Instances : [.. report.Instances.Take(Most - 1), report.Instances[^1]];
        return new PlacementExplained
        {
            Found = true,
            Wanted = wanted,
            Placed = placed,
            Instances = [.. told.Select(one => Told(one, present.GetValueOrDefault(one.Number)))],
            Suggestions = plan is PlacementPlan.Placed ? [] : Suggestions.For(snapshot, service, placed, now),
        };
    }

    private static ExplainedInstance Told(InstanceReport report, string? now) => new(
        report.Number, report.Name, now, report.Node, report.Kept, report.Problem,
        [
            .. report.Nodes.Take(Most).Select(node => new ExplainedNode(
                node.Node, node.Exclusion?.Rule, node.Exclusion?.Detail, node.Exclusion?.Remedy,
                [.. node.Score.Select(term => new ExplainedTerm(term.Name, term.Value))])),
        ]);
}

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

    /// <summary>How often a node is asked about an instance, for all that an answer tells: in a large grid fewer instances are told of.</summary>
    private const int Looks = 50_000;

    public static PlacementExplained Explain(GridSnapshot snapshot, ExplainPlacement question, DateTimeOffset now)
    {
        if (snapshot.Services.Find(Service.DocumentId(question.Stack, question.Service)) is not { RemovedAt: null } service)
            return new PlacementExplained { Found = false };
        var draft = WhatIf.Draft(snapshot);
        // One that is only ever run has no instances that stay: told is where a run would go now.
        if (!ServiceSpec.KeepsInstances(service.Spec))
            service = Jobs.RunSpecs.AsOneRun(service);
        var own = draft.InstancesOf(service.Uid);
        var reach = ReachExplainer.Of(snapshot, service, own);
        var seed = PlacementSeed.Of(service);
        var most = Math.Clamp(Looks / Math.Max(1, draft.Scene.Nodes.Count), 1, Most);
        var report = PlacementPlanner.Explain(draft.Scene, service, own, now, PlacementSeed.Of(service), question.Instance, most);
        if (report.Problem is not null)
            return new PlacementExplained { Found = true, Problem = report.Problem, Reach = reach, Wanted = service.Spec.Instances };

        var refused = report.Plan as PlacementPlan.Refused;
        var placed = refused?.Found.Count ?? ((PlacementPlan.Placed)report.Plan).Assignments.Count;
        var present = own.Where(one => one.Desired != DesiredState.Removed).ToDictionary(one => one.Number, one => one.Node);
        return new PlacementExplained
        {
            Found = true,
            Reach = reach,
            Wanted = refused is null ? placed : service.Spec.Instances,
            Placed = placed,
            Instances = [.. report.Instances.Select(one => Told(one, present.GetValueOrDefault(one.Number)))],
            More = question.Instance is null ? placed + (refused is null ? 0 : 1) - report.Instances.Count : 0,
            Suggestions = refused is null ? [] : Suggestions.For(snapshot, service, placed, now),
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

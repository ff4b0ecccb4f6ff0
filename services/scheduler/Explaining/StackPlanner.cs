using Kontena.Contracts.Instances;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Placement;
using Kontena.Contracts.Services;
using Kontena.Core.Stacks;
using Kontena.Scheduler.Deploys;
using Kontena.Scheduler.InstanceSpecs;
using Kontena.Scheduler.Jobs;
using Kontena.Scheduler.Placement;
using Kontena.Scheduler.Snapshots;

namespace Kontena.Scheduler.Explaining;

/// <summary>Answers where the instances of a stack would be, and what would restart, if its services were as proposed: one planning run per service, each
/// around what the ones before it got. Pure.</summary>
internal static class StackPlanner
{
    /// <summary>Instances of one service that an answer tells of; all are counted.</summary>
    public const int Most = 100;

    private const string Start = "start";
    private const string Restart = "restart";
    private const string Move = "move";
    private const string Stay = "stay";
    private const string Stop = "stop";
    private const string Once = "run";

    public static PlacementPlanned Plan(GridSnapshot snapshot, PlanPlacement question, DateTimeOffset now)
    {
        if (snapshot.Grid is null)
            return new PlacementPlanned { Found = false };
        var after = WhatIf.Proposed(snapshot, question.Stack, question.Services, now);
        var draft = WhatIf.Draft(after);
        // What leaves makes room first, as it does when a revision is applied.
        var leaving = question.Services.Where(one => one.Spec is null).ToDictionary(one => one.Name, one => Leave(snapshot, draft, question.Stack, one.Name), StringComparer.Ordinal);
        return new PlacementPlanned
        {
            Found = true,
            State = StateOf(snapshot, question.Stack).ToString(),
            Services = [.. question.Services.Select(one => leaving.GetValueOrDefault(one.Name) ?? Place(draft, question.Stack, one.Name, now))],
        };
    }

    private static PlanState StateOf(GridSnapshot snapshot, string stack) => PlanState.Of(
        snapshot.Grid!, snapshot.Stacks.Find(stack), snapshot.Services.Values.Where(one => one.RemovedAt is null), snapshot.Nodes.Values,
        snapshot.Liveness.Values.Where(one => one.State == LivenessState.Offline).Select(one => one.Node).ToHashSet(StringComparer.Ordinal),
        snapshot.Volumes.Values);

    private static PlannedService Leave(GridSnapshot snapshot, GridDraft draft, string stack, string name)
    {
        var instances = snapshot.Services.Find(Service.DocumentId(stack, name)) is { } service ? Present(draft, service).Values.ToList() : [];
        foreach (var instance in instances)
            draft.Instances.Delete(instance.Id);
        return Told(name, null, [.. instances.Select(one => new PlannedInstance(InstanceNames.Container(stack, name, one.Number), Stop, one.Node, null))]);
    }

    private static PlannedService Place(GridDraft draft, string stack, string name, DateTimeOffset now)
    {
        var service = draft.Services.Find(Service.DocumentId(stack, name))!;
        var present = Present(draft, service);
        if (service.Spec.RunAtDeploy)
            return RunOnce(draft, service, present.Values, now);
        var outcome = PlacementPlanner.Plan(draft.Scene, service, draft.InstancesOf(service.Uid), now, PlacementSeed.Of(service));
        if (outcome is PlacementPlan.Refused refused)
        {
            // A deploy that finds no node touches nothing.
            return Told(name, refused.Explanation.ToString(), [.. present.Values.Select(one => new PlannedInstance(NameOf(service, one.Number), Stay, one.Node, one.Node))]);
        }

        var assignments = ((PlacementPlan.Placed)outcome).Assignments;
        // A service draws its lots when it is created: where a new one lands is not known before.
        var drawn = service.Spec.Strategy == "random" && WhatIf.IsProposed(service);
        var instances = new List<PlannedInstance>(assignments.Count);
        foreach (var (number, node, _) in assignments)
        {
            present.Remove(number, out var current);
            instances.Add(new PlannedInstance(NameOf(service, number), ActionOf(service, current, node), current?.Node, drawn ? null : node.Name));
            WhatIf.Place(draft, service, current, number, node.Name);
        }

        foreach (var left in present.Values)
        {
            instances.Add(new PlannedInstance(NameOf(service, left.Number), Stop, left.Node, null));
            draft.Instances.Delete(left.Id);
        }

        return Told(name, null, instances);
    }

    // It holds nothing that those after it need: they wait for its end.
    private static PlannedService RunOnce(GridDraft draft, Service service, IEnumerable<Instance> present, DateTimeOffset now)
    {
        var stopped = present.Select(one => new PlannedInstance(NameOf(service, one.Number), Stop, one.Node, null)).ToList();
        foreach (var instance in draft.InstancesOf(service.Uid))
            draft.Instances.Delete(instance.Id);
        return PlacementPlanner.Plan(draft.Scene, RunSpecs.AsOneRun(service), [], now, PlacementSeed.Of(service)) switch
        {
            PlacementPlan.Placed { Assignments: [{ Node: var node }, ..] } =>
                Told(service.Name, null, [.. stopped, new PlannedInstance($"{InstanceNames.QualifiedService(service.Stack, service.Name)}-run", Once, null, node.Name)]),
            PlacementPlan.Refused refused => Told(service.Name, refused.Explanation.ToString(), stopped),
            var other => throw new System.Diagnostics.UnreachableException(other.GetType().Name),
        };
    }

    private static string ActionOf(Service service, Instance? current, Node node)
    {
        if (current is null)
            return Start;
        if (current.Node != node.Name)
            return Move;
        if (current.Desired != DesiredState.Running)
            return Start;
        return current.Spec is { } spec && RevisionMatch.IsCurrent(service, spec) ? Stay : Restart;
    }

    private static SortedDictionary<int, Instance> Present(GridDraft draft, Service service) =>
        new(draft.InstancesOf(service.Uid).Where(one => one is { Desired: not DesiredState.Removed, Node: not null }).ToDictionary(one => one.Number));

    private static PlannedService Told(string name, string? problem, IReadOnlyList<PlannedInstance> instances) => new(
        name, problem,
        instances.GroupBy(one => one.Action, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal),
        [.. instances.OrderBy(one => one.Action == Stay ? 1 : 0).Take(Most)]);

    private static string NameOf(Service service, int number) => InstanceNames.Container(service.Stack, service.Name, number);
}

using Kontena.Contracts.Instances;
using Kontena.Contracts.Placement;
using Kontena.Contracts.Services;
using Kontena.Scheduler.Placement;
using Kontena.Scheduler.Snapshots;

namespace Kontena.Scheduler.Explaining;

/// <summary>Answers "what if": every running service is planned anew on the grid as it would be, one after another, each around what the ones before
/// it got. Pure.</summary>
internal static class GridSimulator
{
    public const int MostAdded = 1000;

    public static GridSimulated Simulate(GridSnapshot snapshot, SimulateGrid question, DateTimeOffset now)
    {
        var lost = new List<string>();
        var mistakes = Mistakes(snapshot, question, lost);
        if (mistakes.Count > 0)
            return new GridSimulated { Found = true, Mistakes = mistakes };

        var added = WhatIf.NewNames(snapshot, question.Add);
        var after = WhatIf.Joined(WhatIf.Lost(snapshot, lost, now), question.Add, question.Labels, WhatIf.Largest(snapshot), now);
        var draft = WhatIf.Draft(after);
        var moves = new List<SimulatedMove>();
        var unplaced = new List<SimulatedRefusal>();
        // Those that were there first first: what they need is theirs.
        foreach (var service in after.Services.Values.Where(one => one is { RemovedAt: null, State: ServiceState.Running })
            .OrderBy(one => one.CreatedAt).ThenBy(one => one.Uid, StringComparer.Ordinal))
        {
            Plan(draft, service, now, lost, moves, unplaced);
        }

        return new GridSimulated
        {
            Found = true, Lost = lost, Added = added, Moves = moves, Unplaced = unplaced,
            Nodes =
            [
                .. draft.Scene.Nodes.Where(node => !lost.Contains(node.Name, StringComparer.Ordinal)).Select(node => new SimulatedNode(
                    node.Name, Count(snapshot, node.Name), draft.Scene.On(node).All.Count(one => !one.Leaving), draft.Scene.On(node).Load.Memory, node.Memory)),
            ],
        };
    }

    private static List<string> Mistakes(GridSnapshot snapshot, SimulateGrid question, List<string> lost)
    {
        var mistakes = new List<string>();
        foreach (var what in question.Lose.Distinct(StringComparer.Ordinal))
        {
            var meant = snapshot.Nodes.Values.Where(node => node.Name == what || node.Labels.Contains(what, StringComparer.Ordinal))
                .OrderBy(node => node.Number).Select(node => node.Name).ToList();
            if (meant.Count == 0)
                mistakes.Add($"no node is called '{what}' or has the label '{what}'");
            lost.AddRange(meant.Except(lost, StringComparer.Ordinal));
        }

        if (question.Add is < 0 or > MostAdded)
            mistakes.Add($"{question.Add} nodes can't be added; expected 0 to {MostAdded}");
        return mistakes;
    }

    private static void Plan(
        GridDraft draft, Service service, DateTimeOffset now, List<string> lost, List<SimulatedMove> moves, List<SimulatedRefusal> unplaced)
    {
        var own = draft.InstancesOf(service.Uid);
        var present = own.Where(one => one is { Desired: not DesiredState.Removed, Node: not null }).ToDictionary(one => one.Number);
        var plan = PlacementPlanner.Plan(draft.Scene, service, own, now, PlacementSeed.Of(service));
        if (plan is PlacementPlan.Refused refused)
        {
            // What can stay stays; what was on a lost node is missed, and so is what had no place before.
            var left = present.Values.Where(one => lost.Contains(one.Node!, StringComparer.Ordinal)).ToList();
            var missing = Math.Max(service.Spec.Instances - present.Count, 0) + left.Count;
            var moved = refused.Found.Where(one => !one.Kept).ToList();
            foreach (var one in moved)
                Move(draft, service, present.GetValueOrDefault(one.Number), one.Number, one.Node.Name, moves);
            unplaced.Add(new SimulatedRefusal(
                NameOf(service), Math.Max(1, missing - moved.Count), service.Spec.Stateful && left.Count > 0, refused.Explanation.ToString()));
            return;
        }

        foreach (var assignment in ((PlacementPlan.Placed)plan).Assignments.Where(one => !one.Kept))
            Move(draft, service, present.GetValueOrDefault(assignment.Number), assignment.Number, assignment.Node.Name, moves);
    }

    private static void Move(GridDraft draft, Service service, Instance? instance, int number, string to, List<SimulatedMove> moves)
    {
        moves.Add(new SimulatedMove(InstanceSpecs.InstanceNames.Container(service.Stack, service.Name, number), instance?.Node, to));
        WhatIf.Place(draft, service, instance, number, to);
    }

    private static int Count(GridSnapshot snapshot, string node) => snapshot.Index.Scene.On(node).Count(one => !one.Leaving);

    private static string NameOf(Service service) => service.Stack == Service.NoStack ? service.Name : $"{service.Stack}/{service.Name}";
}

using Kontena.Contracts.Commands;
using Kontena.Contracts.Deploys;
using Kontena.Contracts.Grids;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;
using Kontena.Scheduler.Deploys;
using Kontena.Scheduler.Jobs;
using Kontena.Scheduler.Placement;
using Kontena.Scheduler.Repair;
using Kontena.Scheduler.Snapshots;

namespace Kontena.Scheduler.Nodes;

/// <summary>Begins moves towards a more even grid, each as a deploy of one instance, a few at once: by itself onto nodes that joined or returned, or when asked to.</summary>
internal static class Rebalances
{
    /// <summary>Instances on the move at once when asked to, or in a grid set to <c>auto</c>.</summary>
    private const int AtOnce = 5;

    /// <summary>By itself, a node is given work for this long after it came …</summary>
    private static readonly TimeSpan NewFor = TimeSpan.FromHours(1);

    /// <summary>… and not before it has stayed this long.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(60);

    /// <summary>A service that changed, or was deployed, is left alone this long.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    /// <summary>What the grid's setting allows now.</summary>
    public static void Run(GridDraft draft, GridMemory memory, DateTimeOffset now, Func<string> newId)
    {
        var mode = draft.Grid?.Rebalance ?? GridRebalance.Gentle;
        if (mode == GridRebalance.Off || !memory.IsDue("rebalance", 0, DateTimeOffset.MinValue, now, Every, Every))
            return;
        var gentle = mode != GridRebalance.Auto;
        Begin(draft, Plan(draft, gentle ? node => MayGain(node) && IsNew(draft, node, now) : MayGain, (gentle ? 1 : AtOnce) - UnderWay(draft), now), now, newId);
    }

    /// <summary>Asked by a person: as many moves as may be under way are begun, or only named.</summary>
    public static CommandResult Ask(GridDraft draft, RebalanceGrid command, DateTimeOffset now, Func<string> newId)
    {
        var moves = Plan(draft, MayGain, command.DryRun ? RebalanceGrid.MostNamed : AtOnce - UnderWay(draft), now);
        if (!command.DryRun)
            Begin(draft, moves, now, newId);
        return CommandResult.Done($"{UnderWay(draft)}") with { Notes = [.. moves.Select(move => move.ToString())] };
    }

    private static IReadOnlyList<RebalanceMove> Plan(GridDraft draft, Func<Candidate, bool> mayGain, int most, DateTimeOffset now)
    {
        if (most <= 0 || !draft.Scene.Nodes.Any(mayGain))
            return [];
        var deploys = draft.ServiceDeploys.Values.ToLookup(deploy => deploy.ServiceUid, StringComparer.Ordinal);
        return RebalancePlanner.Plan(
            new RebalanceView
            {
                Scene = draft.Scene,
                Runs = [.. draft.Runs.Values.Select(RunOccupants.Of).OfType<Instance>()],
                Services = [.. draft.Services.Values.Where(service => IsMovable(draft, service, deploys[service.Uid], now)).OrderBy(one => one.Uid, StringComparer.Ordinal)],
                OwnOf = draft.InstancesOf,
                MayGain = mayGain,
                Now = now,
            },
            most);
    }

    private static void Begin(GridDraft draft, IReadOnlyList<RebalanceMove> moves, DateTimeOffset now, Func<string> newId)
    {
        foreach (var move in moves)
        {
            var id = DeployQueue.Request(draft, move.Service, newId(), now, automatic: true);
            draft.ServiceDeploys.Put(draft.ServiceDeploys.Find(id)! with { Moves = [move.Instance.Number] });
            draft.Note($"rebalancing: {move}");
        }
    }

    private static int UnderWay(GridDraft draft) =>
        draft.ServiceDeploys.By(Groupings.OpenDeploys).Of(Groupings.All).Values.Count(deploy => deploy.Moves.Count > 0);

    private static bool MayGain(Candidate node) => node is { IsOnline: true, Trouble: null, Node.Availability: NodeAvailability.Active };

    private static bool IsNew(GridDraft draft, Candidate node, DateTimeOffset now) =>
        draft.Liveness.Find(node.Name)?.ConnectedAt is { } since && now - since > Settled && now - since < NewFor;

    // Only what is well is moved: all of its instances serve, and none of its deploys is under way or has just ended or failed.
    private static bool IsMovable(GridDraft draft, Service service, IEnumerable<ServiceDeploy> deploys, DateTimeOffset now)
    {
        if (service is not { RemovedAt: null, State: ServiceState.Running, Spec: { Stateful: false, Strategy: "ha", Volumes.Count: 0 } } || (now - service.UpdatedAt).Duration() < Quiet)
            return false;
        var last = deploys.MaxBy(one => one.Id, StringComparer.Ordinal);
        if (last is not { State: DeployState.Success, FinishedAt: { } ended } || (now - ended).Duration() < Quiet || deploys.Any(one => !DeployQueue.IsFinished(one.State)))
            return false;
        var own = draft.InstancesOf(service.Uid).Where(one => one.Desired != DesiredState.Removed).ToList();
        return own.Count == service.Spec.Instances
            && own.TrueForAll(one => one.Departures.Count == 0 && one.Spec?.ServiceRevision >= service.Revision && InstanceReadiness.IsServing(draft.ObservedOf(one)));
    }
}

using Kontena.Api.Snapshots;
using Kontena.Contracts.Http;
using Kontena.Contracts.Instances;

namespace Kontena.Api.Services;

/// <summary>Instance documents and what their nodes say, as the API shows them (rest-api.md §12.7).</summary>
internal static class InstanceRendering
{
    public static InstanceJson Render(Instance instance, GridSnapshot snapshot)
    {
        var seen = snapshot.Seen.FirstOrDefault(one => one.Observed.InstanceId == instance.Id && one.Observed.Node == instance.Node)?.Observed;
        return new InstanceJson
        {
            Id = instance.Id,
            CreatedAt = instance.CreatedAt,
            UpdatedAt = instance.UpdatedAt,
            InstanceNumber = instance.Number,
            DesiredState = instance.Desired == DesiredState.Stopped ? "stopped" : "running",
            State = StateOf(instance, seen),
            DeployRev = instance.Spec?.DeployRev,
            Rev = seen?.DeployRev,
            Error = seen?.Error,
            Restarts = seen?.Restarts ?? 0,
            RestartReason = seen?.RestartReason,
            NextStartAt = seen?.NextStartAt,
            CrashLooping = seen is { CrashLooping: true },
            Ready = seen is { State: ObservedState.Running, Ready: false } ? false : null,
            HealthReason = seen?.HealthReason,
            Notice = seen?.Notice,
            Node = instance.Node is null ? null : new InstanceNodeJson(
                $"{instance.Grid}/{instance.Node}", instance.Node, snapshot.NodeNamed(instance.Node)?.Facts?.PublicIp),
        };
    }

    /// <summary>Steps on the way up are <c>initialized</c>: clients know five words (rest-api.md §23).</summary>
    private static string StateOf(Instance instance, InstanceObserved? seen) => seen?.State switch
    {
        null => instance.Node is null ? "initialized" : "missing",
        ObservedState.Running => "running",
        ObservedState.Restarting => "restarting",
        ObservedState.Stopping or ObservedState.Stopped => "stopped",
        ObservedState.Missing or ObservedState.Removed => "missing",
        _ => "initialized",
    };
}

using Kontena.Contracts.Commands;
using Kontena.Contracts.Services;
using Kontena.Core.Services;
using Kontena.GridManager.Decisions;
using Kontena.State;

namespace Kontena.GridManager.Services;

/// <summary>Start, stop, scale, and the first half of a deploy (rest-api.md §12.5).</summary>
internal static class SetServiceStateDecision
{
    public static Decision<CommandResult> Decide(GridSnapshot grid, SetServiceState command, DateTimeOffset now)
    {
        if (grid.Service(command.Stack, command.Service) is not { Value.RemovedAt: null } found)
            return Decision.NotFound(ServiceTexts.Missing(command.Grid, command.Stack, command.Service));
        if (command.State is not (ServiceState.Running or ServiceState.Stopped))
            return Decision.Refused("state", $"a service can be set to running or stopped, not to {command.State}");
        var current = found.Value;
        var spec = current.Spec;
        if (command.Instances is { } instances)
        {
            var reading = ServiceSpecReader.ReadScale(instances, current);
            if (reading.Spec is null)
                return Decision.Refused(reading.Errors);
            spec = reading.Spec;
        }

        var draft = new GridDraft(command.Grid);
        Change(draft, found.Version, current, current with
        {
            State = command.State,
            Spec = spec,
            Revision = current.Revision + (command.BumpRevision ? 1 : 0),
        }, now);
        return Decision.Done(draft);
    }

    /// <summary>Puts the service when something differs.</summary>
    public static void Change(GridDraft draft, long version, Service current, Service wanted, DateTimeOffset now)
    {
        if (wanted.State == current.State && wanted.Spec.Instances == current.Spec.Instances && wanted.Revision == current.Revision)
            return;
        var change = $"service {current.Stack}/{current.Name} set to {wanted.State}, {wanted.Spec.Instances} instances, revision {wanted.Revision}";
        if (wanted.Revision == current.Revision)
            draft.Put(StateKeys.Service, wanted with { UpdatedAt = now }, version, change);
        else
            draft.PutRevision(wanted with { UpdatedAt = now }, version, change, "deploy forced");
    }
}

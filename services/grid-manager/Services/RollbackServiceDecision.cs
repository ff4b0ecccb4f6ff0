using Kontena.Contracts.Commands;
using Kontena.Contracts.Services;
using Kontena.GridManager.Decisions;

namespace Kontena.GridManager.Services;

/// <summary>An earlier revision becomes the newest again. History only moves forward: nothing that was kept is changed.</summary>
internal static class RollbackServiceDecision
{
    /// <param name="kept">The revision asked for; null when it is not kept.</param>
    public static Decision<CommandResult> Decide(GridSnapshot grid, RollbackService command, ServiceRevision? kept, DateTimeOffset now)
    {
        if (grid.Service(command.Stack, command.Service) is not { Value.RemovedAt: null } found)
            return Decision.NotFound(ServiceTexts.Missing(command.Grid, command.Stack, command.Service));
        var current = found.Value;
        var name = $"{command.Grid}/{command.Stack}/{command.Service}";
        if (command.FromRevision is { } from && from != current.Revision)
            return Decision.Refused("revision", $"{name} is at revision {current.Revision}, no longer at {from}");
        if (command.ToRevision == current.Revision)
            return Decision.Refused("revision", $"{name} is at revision {command.ToRevision}; name an earlier one");
        if (kept is null || kept.ServiceUid != current.Uid || kept.Revision != command.ToRevision)
        {
            return Decision.Refused("revision",
                $"revision {command.ToRevision} of {name} is not there: the newest {ServiceRevision.Kept} are kept, see kontena service history {ServiceTexts.Short(current)}");
        }

        if (Obstacle(grid, current, kept.Spec) is { } obstacle)
            return Decision.Refused("revision", $"revision {command.ToRevision} of {name} can't be brought back: {obstacle}");
        var draft = new GridDraft(command.Grid);
        draft.PutRevision(RolledBack(current, kept, command.DeployId, now), found.Version,
            $"service {command.Stack}/{command.Service} rolled back to revision {kept.Revision}, as revision {current.Revision + 1}", $"rollback to {kept.Revision}");
        return Decision.Done(draft);
    }

    // How many there are is the affair of scaling, and is not taken back with what they are.
    private static Service RolledBack(Service current, ServiceRevision kept, string? deployId, DateTimeOffset now) => current with
    {
        Spec = kept.Spec with { Instances = current.Spec.Instances },
        State = ServiceState.Running,
        Revision = current.Revision + 1,
        RolledBack = new ServiceRollback(current.Revision + 1, kept.Revision, deployId),
        UpdatedAt = now,
    };

    private static string? Obstacle(GridSnapshot grid, Service current, ServiceSpec spec)
    {
        var gone = spec.Links.Where(link => grid.Service(link.Stack, link.Service) is not { Value.RemovedAt: null })
            .Select(link => $"{link.Stack}/{link.Service}").ToList();
        if (gone.Count > 0)
            return $"it links to {string.Join(", ", gone)}, which {(gone.Count == 1 ? "does" : "do")} not exist any more";
        return current.Stack != Service.NoStack && UpdateServiceDecision.IsRecursive(grid, current, spec) ? "its links would go round in a circle now" : null;
    }
}

using Kontena.Contracts.Commands;
using Kontena.Contracts.Volumes;
using Kontena.Core.Services;
using Kontena.GridManager.Decisions;
using Kontena.GridManager.Services;
using Kontena.State;

namespace Kontena.GridManager.Volumes;

/// <summary>Marks a volume removed; its document stays until the scheduler says that no node that can be reached holds data of it.</summary>
internal static class DeleteVolumeDecision
{
    public static Decision<CommandResult> Decide(GridSnapshot grid, DeleteVolume command, DateTimeOffset now)
    {
        if (grid.Volume(command.Volume) is not { } found)
            return Decision.NotFound($"Volume {command.Volume} not found");
        if (found.Value.RemovedAt is not null)
            return Decision.Unchanged();
        var users = grid.LiveServices
            .Where(service => service.Value.Spec.Volumes.Any(text => VolumeText.Parse(text, out _)?.Volume == command.Volume))
            .Select(service => ServiceTexts.Short(service.Value))
            .Order(StringComparer.Ordinal)
            .ToList();
        if (users.Count > 0)
            return Decision.Refused(command.Volume, $"Volume still in use in services [{string.Join(", ", users)}]");

        var draft = new GridDraft(command.Grid);
        draft.Put(StateKeys.Volume, found.Value with { RemovedAt = now, UpdatedAt = now }, found.Version, $"volume {command.Volume} is to be removed with its data");
        return Decision.Done(draft);
    }
}

using Kontena.Contracts.Commands;
using Kontena.Contracts.Volumes;
using Kontena.GridManager.Decisions;
using Kontena.State;

namespace Kontena.GridManager.Volumes;

/// <summary>The data of a removed volume is gone from every node that can be reached: its document goes, and the name is free.</summary>
internal static class VolumeTornDownDecision
{
    public static Decision<CommandResult> Decide(GridSnapshot grid, VolumeTornDown command)
    {
        // A later volume of the same name has another uid: late news must not remove it.
        if (grid.Volume(command.Volume) is not { Value.RemovedAt: not null } found || found.Value.Uid != command.Uid)
            return Decision.Unchanged();
        var draft = new GridDraft(command.Grid);
        draft.Delete(StateKeys.Volume, command.Volume, found.Version, $"volume {command.Volume} removed");
        return Decision.Done(draft);
    }
}

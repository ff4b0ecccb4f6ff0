using Kontena.Contracts.Commands;
using Kontena.Contracts.Grids;
using Kontena.GridManager.Decisions;
using Kontena.State;
using Kontena.State.Documents;

namespace Kontena.GridManager.Grids;

/// <summary>A grid is deleted in two commits, as it and what is in it are kept apart: first it must be empty, then it goes.</summary>
internal static class DeleteGridDecision
{
    /// <summary>Within the grid's own partition: refused while something is there; volumes, secrets, logins of registries, and stacks that have lost all their services, go along.</summary>
    public static Decision<CommandResult> Empty(GridSnapshot grid)
    {
        if (Hindrance(grid) is { } hindrance)
            return Decision.Refused("grid", hindrance);
        var draft = new GridDraft(grid.Grid.Name);
        foreach (var stack in grid.Stacks)
            draft.Delete(StateKeys.Stack, stack.Value.Name, stack.Version, $"stack {grid.Grid.Name}/{stack.Value.Name} deleted with its grid");
        foreach (var volume in grid.Volumes)
            draft.Delete(StateKeys.Volume, volume.Value.Name, volume.Version, $"volume {grid.Grid.Name}/{volume.Value.Name} deleted with its grid; data on machines is left alone");
        foreach (var secret in grid.Secrets)
            draft.Drop(StateKeys.Secret, secret.Value.Name, secret.Version, $"secret {grid.Grid.Name}/{secret.Value.Name} deleted with its grid");
        foreach (var registry in grid.Registries)
            draft.Drop(StateKeys.ExternalRegistry, registry.Value.Name, registry.Version, $"login at registry {registry.Value.Name} removed with its grid");
        draft.Batch.Delete(StateKeys.NetworkMap, "map", CommitBatch.AnyVersion);
        return Decision.Done(draft);
    }

    public static Decision<CommandResult> Delete(IReadOnlyList<Versioned<Grid>> grids, DeleteGrid command)
    {
        if (grids.FirstOrDefault(one => one.Value.Name == command.Grid) is not { } grid)
            return Decision.NotFound($"Grid {command.Grid} does not exist");
        var draft = new GridDraft(command.Grid, StateKeys.System);
        draft.Delete(StateKeys.Grid, command.Grid, grid.Version, $"grid {command.Grid} deleted");
        return Decision.Done(draft);
    }

    /// <summary>Puts a grid back that something joined between the two commits.</summary>
    public static Decision<CommandResult> Restore(Grid grid)
    {
        var draft = new GridDraft(grid.Name, StateKeys.System);
        draft.Put(StateKeys.Grid, grid, expected: 0, $"grid {grid.Name} kept: something was added while it was being deleted");
        return Decision.Done(draft);
    }

    public static string? Hindrance(GridSnapshot grid) =>
        grid.Nodes.Count > 0 ? "Grid has nodes" : grid.Services.Count > 0 ? "Grid has services" : null;
}

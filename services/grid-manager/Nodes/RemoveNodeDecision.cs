using Kontena.Contracts.Commands;
using Kontena.Contracts.Nodes;
using Kontena.GridManager.Decisions;
using Kontena.State;

namespace Kontena.GridManager.Nodes;

/// <summary>The record goes, with what was believed of its liveness; containers on the machine are not touched (runtime.md §1.8).</summary>
internal static class RemoveNodeDecision
{
    /// <param name="nodeId">Only when it still has this engine id; null: whatever it has.</param>
    public static Decision<CommandResult> Decide(GridSnapshot grid, RemoveNode command, string? nodeId = null)
    {
        if (grid.Node(command.Node) is not { } found || (nodeId is not null && found.Value.NodeId != nodeId))
            return Decision.NotFound(NodeTexts.Missing(command.Grid, command.Node));
        var draft = new GridDraft(command.Grid);
        draft.Delete(StateKeys.Node, command.Node, found.Version, $"node {command.Node} (number {found.Value.Number}) removed");
        draft.Delete(StateKeys.NodeLiveness, command.Node, CommitBatch.AnyVersion, $"liveness of node {command.Node} forgotten");
        return Decision.Done(draft);
    }
}

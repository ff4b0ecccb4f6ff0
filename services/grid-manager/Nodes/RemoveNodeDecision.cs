using Kontena.Contracts.Commands;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Nodes;
using Kontena.GridManager.Decisions;
using Kontena.State;
using Kontena.State.Documents;

namespace Kontena.GridManager.Nodes;

/// <summary>The record goes, with what was believed of its liveness; containers on the machine are not touched (runtime.md §1.8).</summary>
internal static class RemoveNodeDecision
{
    public static Decision<CommandResult> Decide(GridSnapshot grid, RemoveNode command, DateTimeOffset now)
    {
        if (grid.Node(command.Node) is not { } found || (command.NodeId is { } meant && found.Value.NodeId != meant))
            return Decision.NotFound(NodeTexts.Missing(command.Grid, command.Node));
        var draft = new GridDraft(command.Grid);
        draft.Delete(StateKeys.Node, command.Node, found.Version, $"node {command.Node} (number {found.Value.Number}) removed");
        draft.Delete(StateKeys.NodeLiveness, command.Node, CommitBatch.AnyVersion, $"liveness of node {command.Node} forgotten");
        draft.Batch.Delete(StateKeys.NetworkCheck, command.Node, CommitBatch.AnyVersion);
        if (found.Value is { NodeId: { } id, BrokerPasswordHash: not null })
            draft.Batch.Put(StateKeys.RevokedIdentity, new RevokedIdentity(command.Grid, Queues.Node(id), now) { Node = command.Node, KeyHash = found.Value.KeyHash }, CommitBatch.AnyVersion);
        return Decision.Done(draft);
    }
}

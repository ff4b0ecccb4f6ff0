using Kontena.Contracts.Commands;
using Kontena.Contracts.Nodes;
using Kontena.Core.Services;
using Kontena.GridManager.Decisions;
using Kontena.State;

namespace Kontena.GridManager.Nodes;

/// <summary>Another token for a node, or none (rest-api.md §10.2). The engine stays bound: a token lets the same machine in again.</summary>
internal static class ResetNodeTokenDecision
{
    /// <inheritdoc cref="CreateNodeDecision.Decide"/>
    public static Decision<CommandResult> Decide(GridSnapshot grid, ResetNodeToken command, string randomToken, bool tokenIsTaken, DateTimeOffset now)
    {
        if (grid.Node(command.Node) is not { } found)
            return Decision.NotFound(NodeTexts.Missing(command.Grid, command.Node));
        var errors = new FieldErrors();
        NodeTokenRules.Check(command.Token, command.TokenSeconds, tokenIsTaken && command.Token != found.Value.Token, errors);
        if (errors.Any)
            return Decision.Refused(errors.Found);

        var node = found.Value with
        {
            Token = command.Clear ? null : command.Token ?? randomToken,
            TokenExpiresAt = command.Clear ? null : NodeTokenRules.EndOf(command.TokenSeconds, now),
            // Neither password nor key lets that agent in again: both may have been stolen with it.
            KeyHash = command.ResetConnection ? null : found.Value.KeyHash,
            BrokerPasswordHash = command.ResetConnection ? null : found.Value.BrokerPasswordHash,
            UpdatedAt = now,
        };
        var draft = new GridDraft(command.Grid);
        draft.Put(StateKeys.Node, node, found.Version,
            $"node {command.Node} has {(command.Clear ? "no token of its own any more" : "another token")}{(command.ResetConnection ? "; its agent is shut out" : "")}");
        return Decision.Done(draft, command.Node);
    }
}

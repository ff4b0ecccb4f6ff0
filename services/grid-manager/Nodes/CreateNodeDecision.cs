using Kontena.Contracts.Commands;
using Kontena.Contracts.Nodes;
using Kontena.Core.Naming;
using Kontena.Core.Services;
using Kontena.GridManager.Decisions;
using Kontena.State;

namespace Kontena.GridManager.Nodes;

/// <summary>A record that waits for its machine (rest-api.md §10.2).</summary>
internal static class CreateNodeDecision
{
    /// <param name="randomToken">Taken when none is given.</param>
    /// <param name="tokenIsTaken">The one that is given opens something already, in whatever grid.</param>
    public static Decision<CommandResult> Decide(GridSnapshot grid, CreateNode command, string randomToken, bool tokenIsTaken, DateTimeOffset now)
    {
        var errors = new FieldErrors();
        var name = command.Name?.Trim() ?? "";
        if (name.Length == 0)
            errors.Reason("is required", "name");
        else if (!NameRules.IsNode(name))
            errors.Reason("isn't in the right format: a host name of letters, digits, -, _ and .", "name");
        else if (grid.Node(name) is not null)
            errors.Say($"Node with name {name} already exists", "name");
        NodeTokenRules.Check(command.Token, command.TokenSeconds, tokenIsTaken, errors);
        for (var index = 0; index < (command.Labels?.Count ?? 0); index++)
        {
            if (string.IsNullOrWhiteSpace(command.Labels![index]))
                errors.Reason("can't be blank", "labels", FieldErrors.At(index));
        }

        var number = JoinDecision.FreeNumber(grid);
        if (number is null)
            errors.Say(JoinDecision.Full(grid), "grid");
        if (errors.Any)
            return Decision.Refused(errors.Found);

        var draft = new GridDraft(command.Grid);
        draft.Put(StateKeys.Node, new Node
        {
            Grid = command.Grid,
            Name = name,
            Number = number!.Value,
            Token = command.Token ?? randomToken,
            TokenExpiresAt = NodeTokenRules.EndOf(command.TokenSeconds, now),
            Labels = command.Labels ?? [],
            CreatedAt = now,
            UpdatedAt = now,
        }, expected: 0, $"node {name} created with number {number}");
        return Decision.Done(draft, name);
    }
}

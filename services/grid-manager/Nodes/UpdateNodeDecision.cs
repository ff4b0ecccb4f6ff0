using Kontena.Contracts.Commands;
using Kontena.Contracts.Nodes;
using Kontena.Core.Services;
using Kontena.GridManager.Decisions;
using Kontena.State;

namespace Kontena.GridManager.Nodes;

/// <summary>Labels and availability (rest-api.md §10.2). What availability does to instances is the scheduler's.</summary>
internal static class UpdateNodeDecision
{
    private const int MaxLabelLength = 1024;

    public static Decision<CommandResult> Decide(GridSnapshot grid, UpdateNode command, DateTimeOffset now)
    {
        if (grid.Node(command.Node) is not { } found)
            return Decision.NotFound(NodeTexts.Missing(command.Grid, command.Node));
        var errors = new FieldErrors();
        NodeAvailability? availability = command.Availability switch
        {
            null => found.Value.Availability,
            "active" => NodeAvailability.Active,
            "drain" => NodeAvailability.Drain,
            _ => null,
        };
        if (availability is null)
            errors.Reason("isn't an option", "availability");
        for (var index = 0; index < (command.Labels?.Count ?? 0); index++)
        {
            if (string.IsNullOrWhiteSpace(command.Labels![index]))
                errors.Reason("can't be blank", "labels", FieldErrors.At(index));
            else if (command.Labels[index].Length > MaxLabelLength)
                errors.Reason("is too long", "labels", FieldErrors.At(index));
        }

        if (errors.Any)
            return Decision.Refused(errors.Found);
        var labels = command.Labels ?? found.Value.Labels;
        var keyHash = command.ForgetAgent ? null : found.Value.KeyHash;
        if (availability == found.Value.Availability && labels.SequenceEqual(found.Value.Labels) && keyHash == found.Value.KeyHash)
            return Decision.Unchanged();

        var draft = new GridDraft(command.Grid);
        var node = found.Value with { Labels = labels, Availability = availability!.Value, KeyHash = keyHash, UpdatedAt = now };
        draft.Put(StateKeys.Node, node, found.Version, $"node {command.Node} updated: {node.Availability}, {labels.Count} labels{(keyHash == found.Value.KeyHash ? "" : ", its agent's key forgotten")}");
        return Decision.Done(draft);
    }
}

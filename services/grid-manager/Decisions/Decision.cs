using Kontena.Contracts.Commands;
using Kontena.Contracts.Events;
using Kontena.State;

namespace Kontena.GridManager.Decisions;

/// <summary>The outcome of a pure decision: what to answer, and what to commit first (nothing when null).</summary>
/// <param name="Changes">One line per change for the log: names and numbers, never a token or an environment value.</param>
internal sealed record Decision<TReply>(TReply Reply, CommitBatch? Batch = null, IReadOnlyList<string>? Changes = null)
{
    /// <summary>Told with the commit to whoever wants to know.</summary>
    public IReadOnlyList<GridEvent> Events { get; init; } = [];
}

internal static class Decision
{
    public static Decision<CommandResult> Done(GridDraft draft, string? createdId = null) =>
        draft.Batch.IsEmpty ? Unchanged(createdId) : new(CommandResult.Done(createdId), draft.Batch, draft.Changes) { Events = draft.Events };

    public static Decision<CommandResult> Unchanged(string? createdId = null) => new(CommandResult.Done(createdId));

    public static Decision<CommandResult> NotFound(string what) => new(CommandResult.NotFound(what));

    public static Decision<CommandResult> Refused(IReadOnlyList<FieldError> errors) => new(CommandResult.Refused(errors));

    public static Decision<CommandResult> Refused(string field, string message) => new(CommandResult.Refused(FieldError.At(field, message)));
}

namespace Kontena.Contracts.Commands;

/// <summary>What became of a command. Every command on the bus is answered with exactly one of these.</summary>
public sealed record CommandResult
{
    public required CommandOutcome Outcome { get; init; }

    /// <summary>All mistakes found, in the order of the request; empty when <see cref="Outcome"/> is <see cref="CommandOutcome.Done"/>.</summary>
    public IReadOnlyList<FieldError> Errors { get; init; } = [];

    /// <summary>The id of what was created, where the command creates something that has one (a deploy).</summary>
    public string? CreatedId { get; init; }

    /// <summary>What is to be told to whoever asked, a sentence each; empty when there is nothing.</summary>
    public IReadOnlyList<string> Notes { get => field ?? []; init; } = [];

    public static CommandResult Done(string? createdId = null) => new() { Outcome = CommandOutcome.Done, CreatedId = createdId };

    public static CommandResult NotFound(string what) =>
        new() { Outcome = CommandOutcome.NotFound, Errors = [new FieldError([], what)] };

    public static CommandResult Refused(params IReadOnlyList<FieldError> errors) =>
        new() { Outcome = CommandOutcome.Refused, Errors = errors };
}

public enum CommandOutcome
{
    /// <summary>Carried out and committed.</summary>
    Done,

    /// <summary>What the command speaks of does not exist.</summary>
    NotFound,

    /// <summary>Nothing was changed; <see cref="CommandResult.Errors"/> says why.</summary>
    Refused,
}

/// <summary>One mistake: where it is and what is wrong with it.</summary>
/// <remarks>
/// Two kinds of path segment stand for lists, as rest-api.md §2.1 wants them shown. <c>[N]</c>: element N of the list sent, so that the answer
/// is a list parallel to it with null for good elements (<c>["env", "[1]"]</c> → <c>{"env":[null,"…"]}</c>). <c>[]</c>: one more message
/// about the list (<c>["links", "[]"]</c> → <c>{"links":["…"]}</c>). Names can't contain brackets, so no key is mistaken for one.
/// </remarks>
/// <param name="Path">The keys from the request's root to the field, e.g. <c>["services", "web", "links"]</c>; empty for the whole request.</param>
/// <param name="Message">A sentence for the person who sent it: what was found, what is expected.</param>
public sealed record FieldError(IReadOnlyList<string> Path, string Message)
{
    public static FieldError At(string field, string message) => new([field], message);
}

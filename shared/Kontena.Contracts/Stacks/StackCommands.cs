namespace Kontena.Contracts.Stacks;

/// <summary>Creates the stack and its services in state <c>initialized</c>; deploys nothing. All or nothing.</summary>
public sealed record CreateStack
{
    public required string Grid { get; init; }
    public required StackRequest Request { get; init; }
}

/// <summary>Stores a new revision when anything differs; creates services that are new. The rest waits for <see cref="ApplyStackRevision"/>.</summary>
public sealed record UpdateStack
{
    public required string Grid { get; init; }
    public required string Stack { get; init; }
    public required StackRequest Request { get; init; }
}

/// <summary>Null keeps the labels.</summary>
public sealed record PatchStack
{
    public required string Grid { get; init; }
    public required string Stack { get; init; }
    public IReadOnlyList<string>? Labels { get; init; }
}

/// <summary>Makes the services what the latest revision says: creates, updates, sets them running, and marks those that left the file removed. The first half of a stack deploy.</summary>
public sealed record ApplyStackRevision
{
    public required string Grid { get; init; }
    public required string Stack { get; init; }
}

public sealed record StackRevisionApplied
{
    public required Commands.CommandResult Result { get; init; }

    /// <summary>The services to deploy, those linked to first.</summary>
    public IReadOnlyList<string> Services { get; init; } = [];
}

/// <summary>Marks the stack and its services removed.</summary>
public sealed record RemoveStack
{
    public required string Grid { get; init; }
    public required string Stack { get; init; }
}

/// <summary>Stops, or starts again, every service of the stack.</summary>
public sealed record SetStackState
{
    public required string Grid { get; init; }
    public required string Stack { get; init; }
    public required Services.ServiceState State { get; init; }
}

namespace Kontena.Contracts.Nodes;

/// <summary>Null keeps a value; an empty list of labels clears them.</summary>
public sealed record UpdateNode
{
    public required string Grid { get; init; }
    public required string Node { get; init; }
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary><c>active</c> or <c>drain</c>; anything else is refused.</summary>
    public string? Availability { get; init; }

    /// <summary>The next agent with the node's engine id may join, whatever its key: for a machine whose agent lost its directory.</summary>
    public bool ForgetAgent { get; init; }
}

/// <summary>Removes the record; the node's instances become free to be placed elsewhere. Its containers are not touched.</summary>
public sealed record RemoveNode
{
    public required string Grid { get; init; }
    public required string Node { get; init; }

    /// <summary>The engine id of the node that is meant: another machine that has joined under the name since stays. Null: whoever has the name.</summary>
    public string? NodeId { get; init; }
}

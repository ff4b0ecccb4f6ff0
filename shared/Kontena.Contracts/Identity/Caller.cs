namespace Kontena.Contracts.Identity;

/// <summary>Who asks for something, as found out at the front door: travels with every command, so that the service that carries it out can write down who it was for.</summary>
public sealed record Caller
{
    /// <summary>The user's id, 24 hex digits; a node's or an integration's name; <c>system</c> for what the platform does by itself.</summary>
    public required string Id { get; init; }

    /// <summary>What people know them by: an e-mail address, a node's name.</summary>
    public required string Name { get; init; }

    public required CallerKind Kind { get; init; }

    /// <summary>The address the request came from, without a port; null when it came from within.</summary>
    public string? Address { get; init; }

    /// <summary>The program it said it was (<c>User-Agent</c>), at most 200 characters; null when it did not say.</summary>
    public string? Program { get; init; }
}

public enum CallerKind
{
    User,
    Node,
    Integration,
    System,
}

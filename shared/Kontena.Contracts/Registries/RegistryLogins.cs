using Kontena.Contracts.Vault;

namespace Kontena.Contracts.Registries;

/// <summary>From a node, kind <c>login</c> of its reports: an instance's image is about to be pulled; with which login? Answered on the node's queue with
/// <see cref="RegistryLoginTold"/>, or not at all when the question is not this node's to ask.</summary>
public sealed record AskRegistryLogin
{
    public required string Grid { get; init; }

    /// <summary>The node's name.</summary>
    public required string Node { get; init; }

    /// <summary>Its engine id.</summary>
    public required string NodeId { get; init; }

    /// <summary>24 hex digits, chosen by the agent.</summary>
    public required string QuestionId { get; init; }

    /// <summary>Whose image it is: a node is told the logins that its own instances need, and no others.</summary>
    public required string InstanceId { get; init; }

    /// <summary>Made for this question, as <see cref="SealedValue.PublicKey"/>.</summary>
    public required string PublicKey { get; init; }
}

/// <summary>The answer to <see cref="AskRegistryLogin"/>. Without <see cref="Registry"/> and <see cref="Problem"/> the grid has no login for that image.</summary>
public sealed record RegistryLoginTold
{
    public required string QuestionId { get; init; }

    /// <summary><see cref="ExternalRegistry.Name"/>.</summary>
    public string? Registry { get; init; }
    public string? Username { get; init; }
    public string? Email { get; init; }

    /// <summary>For <see cref="RegistryPlaces.Telling"/>.</summary>
    public SealedValue? Password { get; init; }

    /// <summary>Why the grid's login can't be told, a sentence for people.</summary>
    public string? Problem { get; init; }
}

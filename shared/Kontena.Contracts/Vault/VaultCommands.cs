using Kontena.Contracts.Commands;
using Kontena.Contracts.Instances;

namespace Kontena.Contracts.Vault;

/// <summary>What are values for the vault to be sealed to? Answered with <see cref="VaultDoor"/>.</summary>
public sealed record AskVaultDoor;

/// <summary>Either of the two is there.</summary>
public sealed record VaultDoor
{
    /// <summary>As <see cref="SealedValue.PublicKey"/>.</summary>
    public string? PublicKey { get; init; }

    /// <summary>Why the vault can't be opened here, a sentence for its operator.</summary>
    public string? Closed { get; init; }
}

/// <summary>Answered with <see cref="VaultWritten"/>.</summary>
public sealed record WriteSecret
{
    public required string Grid { get; init; }
    public string? Name { get; init; }

    /// <summary>For <see cref="SecretPlaces.Writing"/>; null: none was given. At most 256 KiB of UTF-8.</summary>
    public SealedValue? Value { get; init; }
    public required SecretWriting Writing { get; init; }
}

public enum SecretWriting
{
    /// <summary>Refused when the name is taken.</summary>
    Create,

    /// <summary>Not found when there is none.</summary>
    Update,

    /// <summary>Whichever of the two it is.</summary>
    Upsert,
}

/// <summary>What became of something that was to be kept in the vault.</summary>
public sealed record VaultWritten
{
    public required CommandResult Result { get; init; }

    /// <summary>It was not there before.</summary>
    public bool IsNew { get; init; }

    /// <inheritdoc cref="VaultDoor.Closed"/>
    public string? Closed { get; init; }
}

/// <summary>The value of a secret, for the eyes of whoever has the private key to <see cref="PublicKey"/>. Answered with <see cref="SecretRead"/>.</summary>
public sealed record ReadSecret
{
    public required string Grid { get; init; }
    public required string Name { get; init; }

    /// <summary>Made for this question, as <see cref="SealedValue.PublicKey"/>.</summary>
    public required string PublicKey { get; init; }
}

/// <summary>The answer to <see cref="ReadSecret"/>.</summary>
public sealed record SecretRead
{
    public required CommandResult Result { get; init; }

    /// <summary>For <see cref="SecretPlaces.Reading"/>; null unless it was found.</summary>
    public SealedValue? Value { get; init; }

    /// <inheritdoc cref="VaultDoor.Closed"/>
    public string? Closed { get; init; }
}

/// <summary>Answered with <see cref="CommandResult"/>. Use by services does not hinder it.</summary>
public sealed record DeleteSecret
{
    public required string Grid { get; init; }
    public required string Name { get; init; }
}

/// <summary>From the scheduler: give the order the values of its secrets, sealed for its node, and send it on to the node's queue. Not answered. Repeated, late or out
/// of order it does no harm: the order carries its generation, and the node's report shows whether it came.</summary>
public sealed record SealOrder
{
    public required string Grid { get; init; }

    /// <summary>The node's name.</summary>
    public required string Node { get; init; }

    /// <summary>Its engine id: an order for a machine that is no longer that node goes nowhere.</summary>
    public required string NodeId { get; init; }
    public required ApplyInstance Order { get; init; }
}

/// <summary>What a value on the bus is bound to: sealed for one of these it opens for no other.</summary>
public static class SecretPlaces
{
    public static string Writing(string grid, string? name) => $"write/secret/{grid}/{name}";

    public static string Reading(string grid, string name) => $"read/secret/{grid}/{name}";

    /// <summary>In an order to a node, for one instance there.</summary>
    public static string Delivery(string grid, string instanceId, string name) => $"deliver/secret/{grid}/{instanceId}/{name}";
}

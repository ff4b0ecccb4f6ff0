namespace Kontena.Contracts.Vault;

/// <summary>A secret of a grid, its value sealed with a key that only grid-manager has. Written by grid-manager; the document id is the name (rest-api.md §16).</summary>
public sealed record Secret
{
    public required string Grid { get; init; }

    /// <summary>1 to 128 of <c>[A-Za-z0-9_-]</c>, the first not <c>-</c>.</summary>
    public required string Name { get; init; }

    /// <summary>1 for the first value, one more with each other value.</summary>
    public required int Revision { get; init; }

    /// <summary>Which key of the ring sealed the value.</summary>
    public required string KeyId { get; init; }

    /// <summary>Nonce, AES-256-GCM text and tag in base64; bound to grid, name and key, so that it opens nowhere else.</summary>
    public required string Sealed { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the value became another one; the creation as long as it did not.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>Which keys the vault is sealed with: their ids, never the keys. Written by grid-manager at the vault's first use; one document, id <c>vault</c>.</summary>
public sealed record VaultKey
{
    /// <summary>Of 16 hex digits, made from the key itself; oldest first, the last one seals.</summary>
    public required IReadOnlyList<string> Keys { get; init; }

    /// <summary>What values are sealed to on their way to grid-manager, as <see cref="SealedValue.PublicKey"/>.</summary>
    public required string PublicKey { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
}

namespace Kontena.Contracts.Registries;

/// <summary>The login of a grid at an image registry, its password sealed with a key that only grid-manager has. Written by grid-manager; the document id is
/// <see cref="Name"/> (rest-api.md §15).</summary>
public sealed record ExternalRegistry
{
    public required string Grid { get; init; }

    /// <summary>Host of the registry in lower case, with <c>:port</c> unless that is 80 or 443; images whose first part it is are pulled with this login.</summary>
    public required string Name { get; init; }

    /// <summary>As it was given: <c>http://</c> or <c>https://</c>, without a user.</summary>
    public required string Url { get; init; }
    public required string Username { get; init; }
    public string? Email { get; init; }

    /// <summary>Which key of the vault's ring sealed the password.</summary>
    public required string KeyId { get; init; }

    /// <summary>Nonce, AES-256-GCM text and tag in base64; bound to grid, name and key, so that it opens nowhere else.</summary>
    public required string Sealed { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was given the last time; the creation at first.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }
}

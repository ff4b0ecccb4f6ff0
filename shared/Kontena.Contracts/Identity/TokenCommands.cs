namespace Kontena.Contracts.Identity;

/// <summary>A token that was just made, as whoever made it hands it over to be kept: hashes, never the token itself.</summary>
/// <param name="Hash">SHA-256, in hex.</param>
/// <param name="LastFour">The end of the token.</param>
/// <param name="RefreshHash">SHA-256 of what renews it; kept only when the token expires.</param>
/// <param name="RefreshLastFour">The end of it.</param>
public sealed record NewToken(string Hash, string LastFour, string RefreshHash, string RefreshLastFour);

/// <summary>Answered with <see cref="Commands.CommandResult"/>; <c>CreatedId</c> is the token's id.</summary>
public sealed record CreateToken
{
    /// <summary>The id of the user.</summary>
    public required string UserId { get; init; }
    public required NewToken Token { get; init; }

    /// <summary>Some of <see cref="TokenScopes.All"/>, at least one.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>Seconds; null for never. 1 to ten years.</summary>
    public long? ExpiresIn { get; init; }

    /// <summary>At most 256 characters.</summary>
    public string? Description { get; init; }
}

/// <summary>As <see cref="CreateToken"/>, but for a code that somebody exchanges for the token; <c>CreatedId</c> is the code's id.</summary>
public sealed record CreateCode
{
    public required string UserId { get; init; }

    /// <summary>SHA-256, in hex.</summary>
    public required string CodeHash { get; init; }
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>Seconds from now until the token ends, whenever the code is exchanged; null for never.</summary>
    public long? ExpiresIn { get; init; }
    public string? Description { get; init; }
}

/// <summary>Exchanges a code, once, for the token; <c>CreatedId</c> is the token's id.</summary>
public sealed record RedeemCode
{
    public required string CodeHash { get; init; }
    public required NewToken Token { get; init; }
}

/// <summary>Exchanges what renews a token, once, for a new token in its place; <c>CreatedId</c> is the new one's id.</summary>
public sealed record RefreshToken
{
    public required string RefreshHash { get; init; }
    public required NewToken Token { get; init; }
}

/// <summary>Takes a token or a code away, by its id.</summary>
public sealed record RemoveToken
{
    public required string Id { get; init; }
}

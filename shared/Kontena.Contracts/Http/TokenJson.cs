namespace Kontena.Contracts.Http;

/// <summary>An access token (rest-api.md §5.6). The token itself is only in the answer that made it.</summary>
public sealed record TokenJson
{
    public required string Id { get; init; }

    /// <summary><c>bearer</c>.</summary>
    public string TokenType { get; init; } = "bearer";
    public string? AccessToken { get; init; }
    public string? RefreshToken { get; init; }
    public string? AccessTokenLastFour { get; init; }
    public string? RefreshTokenLastFour { get; init; }

    /// <summary>Seconds left, below zero when it has expired; null for never.</summary>
    public long? ExpiresIn { get; init; }

    /// <summary>With commas between them.</summary>
    public string Scopes { get; init; } = "";
    public string? Description { get; init; }
    public required TokenUserJson User { get; init; }
    public TokenServerJson Server { get; init; } = new(null);
}

/// <summary>A code that nobody has exchanged yet.</summary>
public sealed record CodeJson
{
    public required string Id { get; init; }

    /// <summary><c>authorization_code</c>.</summary>
    public string GrantType { get; init; } = "authorization_code";

    /// <summary>Only in the answer that made it, for only its hash is kept.</summary>
    public string? Code { get; init; }
    public string Scopes { get; init; } = "";
    public string? Description { get; init; }
    public required TokenUserJson User { get; init; }
    public TokenServerJson Server { get; init; } = new(null);
}

/// <param name="Name">Empty when there is none.</param>
public sealed record TokenUserJson(string Id, string Email, string Name);

public sealed record TokenServerJson(string? Name);

/// <summary>What <c>POST /oauth2/authorize</c> reads; which of it counts depends on <see cref="ResponseType"/> (§5.3).</summary>
public sealed record AuthorizeRequest
{
    /// <summary><c>code</c>, <c>token</c> or <c>invite</c>.</summary>
    public string? ResponseType { get; init; }

    /// <summary><c>user</c>, <c>owner</c>, with commas between them.</summary>
    public string? Scope { get; init; }

    /// <summary>Seconds; 0 for never.</summary>
    public string? ExpiresIn { get; init; }
    public string? Description { get; init; }

    /// <summary>An e-mail address; for master admins alone.</summary>
    public string? User { get; init; }
    public string? Email { get; init; }
    public string? Username { get; init; }
    public string? ExternalId { get; init; }
}

/// <summary>What <c>POST /oauth2/token</c> reads (§5.2).</summary>
public sealed record TokenRequest
{
    /// <summary><c>authorization_code</c> or <c>refresh_token</c>.</summary>
    public string? GrantType { get; init; }
    public string? Code { get; init; }
    public string? RefreshToken { get; init; }
}

/// <summary>Answer of an invitation (§5.3).</summary>
public sealed record InviteJson(string Email, string InviteCode, string Link);

/// <summary>Body of <c>POST /v1/users/:email/roles</c> (§6).</summary>
public sealed record RoleRequest
{
    public string? Role { get; init; }
}

/// <summary>Body of <c>POST /v1/grids/:grid/users</c> (§9.7).</summary>
public sealed record GridUserRequest
{
    public string? Email { get; init; }
}

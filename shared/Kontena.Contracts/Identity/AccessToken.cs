using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kontena.Contracts.Identity;

/// <summary>What a user shows instead of themselves (rest-api.md §3.2). Only hashes are kept. Written by grid-manager.</summary>
public sealed record AccessToken
{
    /// <summary>24 hex digits.</summary>
    public required string Id { get; init; }

    /// <summary>Whose it is: <see cref="User.Id"/>.</summary>
    public required string UserId { get; init; }

    /// <summary>SHA-256 of the token, in hex.</summary>
    public required string TokenHash { get; init; }

    /// <summary>The end of the token, for people to tell theirs apart.</summary>
    public required string LastFour { get; init; }

    /// <summary>SHA-256 of what renews it, in hex; null for a token that never expires.</summary>
    public string? RefreshHash { get; init; }
    public string? RefreshLastFour { get; init; }

    /// <summary>Some of <see cref="TokenScopes.All"/>.</summary>
    public IReadOnlyList<string> Scopes { get => field ?? []; init; } = [];
    public string? Description { get; init; }

    /// <summary>Null: never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <inheritdoc cref="Nodes.Node.Later"/>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Later { get; set; }

    public bool IsExpired(DateTimeOffset now) => ExpiresAt <= now;
}

/// <summary>Exchanged once for a token with the same user, scopes, description and end. Written by grid-manager.</summary>
public sealed record AuthorizationCode
{
    /// <summary>24 hex digits.</summary>
    public required string Id { get; init; }
    public required string UserId { get; init; }

    /// <summary>SHA-256 of the code, in hex.</summary>
    public required string CodeHash { get; init; }
    public IReadOnlyList<string> Scopes { get => field ?? []; init; } = [];
    public string? Description { get; init; }

    /// <summary>When the token that it is exchanged for ends, and with it the code; null: never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Worth nothing from then on.</summary>
    public required DateTimeOffset RedeemBefore { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    public bool IsOver(DateTimeOffset now) => RedeemBefore <= now || ExpiresAt <= now;
}

/// <summary>That the first administrator's code was made: once for an installation. One document, id <c>first</c>.</summary>
public sealed record FirstCodeMade
{
    public required DateTimeOffset At { get; init; }
}

/// <summary>What a token is for. Only <see cref="User"/> makes a difference: it may make further tokens (rest-api.md §3.2).</summary>
public static class TokenScopes
{
    public const string User = "user";
    public const string Owner = "owner";

    public static readonly IReadOnlyList<string> All = [User, Owner];
}

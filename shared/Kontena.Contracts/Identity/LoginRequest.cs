namespace Kontena.Contracts.Identity;

/// <summary>A login through the external provider that was begun and not finished (rest-api.md §5.4). Written by grid-manager.</summary>
public sealed record LoginRequest
{
    /// <summary>SHA-256, in hex, of the <c>state</c> that goes to the provider and back; the document's id.</summary>
    public required string Id { get; init; }

    /// <summary>Where the browser goes with the code: <c>http://localhost…</c> or <c>/code</c>.</summary>
    public required string RedirectUri { get; init; }

    /// <summary>Seconds that the token will last, from the end of the login; null for never.</summary>
    public long? ExpiresIn { get; init; }

    /// <summary>Whom the invitation is for that it began with; null: whoever the provider says.</summary>
    public string? UserId { get; init; }

    /// <summary>The invitation, as SHA-256 in hex: one that was replaced since is worth nothing.</summary>
    public string? InviteCodeHash { get; init; }

    /// <summary>What the provider's code can be exchanged with alone (RFC 7636); null when PKCE is turned off. Worth nothing without that code.</summary>
    public string? Verifier { get; init; }

    /// <summary>Worth nothing from then on.</summary>
    public required DateTimeOffset Before { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Who came back with the state first: a random text of the api that took it. Nobody takes it after.</summary>
    public string? TakenBy { get; init; }

    public bool IsOver(DateTimeOffset now) => Before <= now;
}

namespace Kontena.Contracts.Identity;

/// <summary>Begins a login through the external provider. Answered with <see cref="Commands.CommandResult"/>: not found when the invitation is none.</summary>
public sealed record BeginLogin
{
    /// <inheritdoc cref="LoginRequest.Id"/>
    public required string StateHash { get; init; }
    public required string RedirectUri { get; init; }

    /// <summary>Seconds; null for never. 1 to ten years.</summary>
    public long? ExpiresIn { get; init; }
    public string? InviteCodeHash { get; init; }
    public string? Verifier { get; init; }
}

/// <summary>The browser came back: from now on the state is this caller's alone. Not found when it is unknown, over or taken. Answered with <see cref="Commands.CommandResult"/>.</summary>
public sealed record TakeLogin
{
    public required string StateHash { get; init; }

    /// <summary>Random, so that the same command again is known from another one's.</summary>
    public required string TakenBy { get; init; }
}

/// <summary>
/// Ends a login with what the provider says of whoever logged in: finds their user and makes a code for them. <c>CreatedId</c> is the code's id. Refused at <c>user</c>
/// for who is no user here, at <c>email</c> for an address that is none. Answered with <see cref="Commands.CommandResult"/>.
/// </summary>
public sealed record FinishLogin
{
    public required string StateHash { get; init; }

    /// <summary>As in <see cref="TakeLogin"/>.</summary>
    public required string TakenBy { get; init; }

    /// <summary>The user's id at the provider; null when it has none.</summary>
    public string? ExternalId { get; init; }
    public string? Email { get; init; }

    /// <summary>The provider says that the address was never proven: it is no reason to believe who they are.</summary>
    public bool EmailIsUnproven { get; init; }
    public string? Name { get; init; }

    /// <summary>SHA-256, in hex, of the code that is made.</summary>
    public required string CodeHash { get; init; }
}

namespace Kontena.Contracts.Identity;

/// <summary>Makes a user, or opens a new invitation for one that is there. Answered with <see cref="Commands.CommandResult"/>; <c>CreatedId</c> is the user's id (rest-api.md §5.3).</summary>
public sealed record InviteUser
{
    public string? Email { get; init; }
    public string? Name { get; init; }

    /// <summary>Finds a user whose e-mail address is another there.</summary>
    public string? ExternalId { get; init; }

    /// <summary>SHA-256 of the code, in hex.</summary>
    public required string InviteCodeHash { get; init; }

    /// <summary>False: an invitation of a master_admin is refused, for whoever redeems it becomes one.</summary>
    public bool ByMasterAdmin { get; init; }
}

/// <summary>Removes the user with their tokens and codes.</summary>
public sealed record RemoveUser
{
    public required string Email { get; init; }
}

/// <summary>Gives a role, or takes it. One that is there already, or not there, is no mistake.</summary>
public sealed record ChangeUserRole
{
    public required string Email { get; init; }
    public string? Role { get; init; }

    /// <summary>True: takes it.</summary>
    public bool Take { get; init; }
}

/// <summary>Makes somebody a user of a grid, or ends that (rest-api.md §9.7).</summary>
public sealed record ChangeGridUser
{
    public required string Grid { get; init; }
    public string? Email { get; init; }

    /// <summary>True: ends it.</summary>
    public bool Remove { get; init; }
}

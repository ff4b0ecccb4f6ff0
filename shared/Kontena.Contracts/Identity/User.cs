using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kontena.Contracts.Identity;

/// <summary>A person or a program that may ask: who they are, what they may do (rest-api.md §3.3, §6). Written by grid-manager.</summary>
public sealed record User
{
    /// <summary>24 hex digits.</summary>
    public required string Id { get; init; }

    /// <summary>Has an <c>@</c> and no blanks, at most 254 characters; upper and lower case are the same. Only <see cref="Administrator"/> has none.</summary>
    public required string Email { get; init; }

    public string? Name { get; init; }

    /// <summary>Their id at the external login provider; null until they have logged in there, or were invited by it.</summary>
    public string? ExternalId { get; init; }

    /// <summary>Some of <see cref="UserRoles.All"/>.</summary>
    public IReadOnlyList<string> Roles { get => field ?? []; init; } = [];

    /// <summary>Names of the grids they are a user of.</summary>
    public IReadOnlyList<string> Grids { get => field ?? []; init; } = [];

    /// <summary>SHA-256 of the invitation that is open, in hex; null for none.</summary>
    public string? InviteCodeHash { get; init; }

    /// <summary>Set when it is no person but a program that speaks over the broker; null for everybody else.</summary>
    public IntegrationLogin? Integration { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <inheritdoc cref="Nodes.Node.Later"/>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Later { get; set; }

    /// <summary>Built in: never stored, changed or removed, a user of every grid, and who the administrator's token belongs to.</summary>
    public static readonly User Administrator = new()
    {
        Id = "61646d696e00000000000000",
        Email = "admin",
        Name = "admin",
        Roles = [UserRoles.MasterAdmin],
        CreatedAt = DateTimeOffset.UnixEpoch,
        UpdatedAt = DateTimeOffset.UnixEpoch,
    };

    [JsonIgnore]
    public bool IsMasterAdmin => Roles.Contains(UserRoles.MasterAdmin);

    public bool IsUserOf(string grid) => Id == Administrator.Id || Grids.Contains(grid);

    public bool IsCalled(string email) => EmailKey(Email) == EmailKey(email);

    /// <summary>Two addresses with one key are one user's. The store looks users up by it, too: were the two to differ, look-alike letters would find one user and mean another.</summary>
    public static string EmailKey(string email) => email.ToLowerInvariant();
}

/// <summary>What a user may do beyond using their grids (rest-api.md §3.3). No others can be made.</summary>
public static class UserRoles
{
    public const string MasterAdmin = "master_admin";
    public const string GridAdmin = "grid_admin";
    public const string UserAdmin = "user_admin";

    public static readonly IReadOnlyList<string> All = [MasterAdmin, GridAdmin, UserAdmin];

    /// <summary>In words, as the original has them.</summary>
    public static string DescriptionOf(string role) => role switch
    {
        MasterAdmin => "Master admin",
        GridAdmin => "Grid admin",
        UserAdmin => "Invite and remove users",
        _ => role,
    };
}

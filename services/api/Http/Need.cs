using Kontena.Contracts.Identity;

namespace Kontena.Api.Http;

/// <summary>What a caller needs to be for an operation (rest-api.md §3.3). Declared at the route, enforced by <see cref="NeedCheck"/>; a master_admin meets every one.</summary>
internal sealed record Need
{
    /// <summary>Nobody is asked who they are.</summary>
    public static readonly Need Anonymous = new("anonymous", "anybody");

    /// <summary>A machine that shows the token of its grid, its own, or its agent's key in the request itself; no bearer token.</summary>
    public static readonly Need Node = new("node", "a machine with a token of the grid or its own") { IsOfGrid = true };

    public static readonly Need AnyUser = new("any user", "whoever has a valid token") { TakesToken = true };

    public static readonly Need UserAdmin = new("user admin", "who may invite and remove users: user_admin or master_admin") { TakesToken = true, Roles = [UserRoles.UserAdmin] };

    public static readonly Need MasterAdmin = new("master admin", "master_admin") { TakesToken = true, Roles = [UserRoles.MasterAdmin] };

    public static readonly Need GridUser = new("grid user", "a user of the grid, or master_admin") { TakesToken = true, IsOfGrid = true };

    public static readonly Need GridAdmin = new("grid admin", "a grid_admin who is a user of the grid, or master_admin")
    {
        TakesToken = true, IsOfGrid = true, Roles = [UserRoles.GridAdmin],
    };

    /// <summary>Also who keeps the users of the whole installation.</summary>
    public static readonly Need GridMembersAdmin =
        new("grid members admin", "a grid_admin or user_admin who is a user of the grid, or master_admin")
        {
            TakesToken = true, IsOfGrid = true, Roles = [UserRoles.GridAdmin, UserRoles.UserAdmin],
        };

    private Need(string name, string who) => (Name, Who) = (name, who);

    public string Name { get; }

    /// <summary>In words, for those who read the API document.</summary>
    public string Who { get; }

    /// <summary>A bearer token is looked at.</summary>
    public bool TakesToken { get; private init; }

    /// <summary>Can be decided only for one grid, which the request therefore names.</summary>
    public bool IsOfGrid { get; private init; }

    /// <summary>One of them is enough; empty: no role is needed.</summary>
    private IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>Of a user with a good token.</summary>
    /// <param name="grid">The grid that the request names; null for none.</param>
    public bool IsMetBy(User user, string? grid) =>
        user.IsMasterAdmin
        || ((!IsOfGrid || (grid is not null && user.IsUserOf(grid))) && (Roles.Count == 0 || Roles.Any(role => user.Roles.Contains(role))));

    public override string ToString() => Name;
}

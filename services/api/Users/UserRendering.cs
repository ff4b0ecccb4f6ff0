using Kontena.Contracts.Http;
using Kontena.Contracts.Identity;

namespace Kontena.Api.Users;

/// <summary>Users as clients see them (rest-api.md §6).</summary>
internal static class UserRendering
{
    public static UserJson Render(User user) => new()
    {
        Id = user.Id,
        Email = user.Email,
        Name = user.Name,
        Roles = [.. user.Roles.Select(role => new RoleJson(role, UserRoles.DescriptionOf(role)))],
    };

    public static UsersJson Render(IEnumerable<User> users) => new([.. users.Select(Render)]);
}

using Kontena.Contracts.Commands;
using Kontena.Contracts.Identity;
using Kontena.Core.Services;
using Kontena.GridManager.Decisions;
using Kontena.State;
using Kontena.State.Documents;

namespace Kontena.GridManager.Users;

/// <summary>Who is a user, with which roles, of which grids (rest-api.md §5.3, §6, §9.7).</summary>
internal static class UserDecisions
{
    /// <summary>From all users.</summary>
    public static Decision<CommandResult> Invite(UserSnapshot all, InviteUser command, DateTimeOffset now, Func<string> newId)
    {
        var errors = new FieldErrors();
        if (command.Email is null)
            errors.Reason("is required", "email");
        else if (!UserRules.IsEmail(command.Email))
            errors.Reason("isn't in the right format: an address with an @, without blanks and slashes, at most 254 characters", "email");
        if (!UserRules.IsText(command.Name, UserRules.LongestName))
            errors.Reason($"isn't in the right format: 1 to {UserRules.LongestName} characters, without control characters", "username");
        if (!UserRules.IsText(command.ExternalId, UserRules.LongestName))
            errors.Reason($"isn't in the right format: 1 to {UserRules.LongestName} characters, without control characters", "external_id");
        if (errors.Any)
            return Decision.Refused(errors.Found);

        var found = all.Users.FirstOrDefault(one => command.ExternalId is not null && one.Value.ExternalId == command.ExternalId) ?? all.Called(command.Email!);
        if (found is { Value.IsMasterAdmin: true } && !command.ByMasterAdmin)
            return Decision.Refused("email", "Only a master_admin may invite a master_admin anew: whoever redeems the invitation becomes them");
        if (found is { Value.Integration: not null })
            return Decision.Refused("email", $"{found.Value.Email} is an integration: a program, whom nobody can become by an invitation");
        if (found is null && all.Users.Count >= UserRules.MostUsers)
            return Decision.Refused("email", $"There are {all.Users.Count} users, the most there may be");

        var user = found is null
            ? new User
            {
                Id = newId(), Email = command.Email!, Name = command.Name, ExternalId = command.ExternalId,
                InviteCodeHash = command.InviteCodeHash, CreatedAt = now, UpdatedAt = now,
            }
            : found.Value with { Name = found.Value.Name ?? command.Name, InviteCodeHash = command.InviteCodeHash, UpdatedAt = now };
        return Put(user, found?.Version ?? 0, $"user {user.Email} invited{(found is null ? "" : " anew")}");
    }

    /// <summary>With everything that lets them in, and what is kept of their requests.</summary>
    public static Decision<CommandResult> Remove(UserSnapshot users, RemoveUser command)
    {
        if (IsBuiltIn(command.Email))
            return Decision.Refused("user", "The administrator is built in and can't be removed");
        if (users.Called(command.Email) is not { } found)
            return Decision.NotFound("Not found");
        var batch = new CommitBatch(StateKeys.System).Delete(StateKeys.User, found.Value.Id, found.Version);
        foreach (var token in users.Tokens)
            batch.Delete(StateKeys.AccessToken, token.Value.Id, CommitBatch.AnyVersion);
        foreach (var code in users.Codes)
            batch.Delete(StateKeys.AuthorizationCode, code.Value.Id, CommitBatch.AnyVersion);
        foreach (var request in users.Requests)
            batch.Delete(StateKeys.KeyedRequest, request.Value.Id, CommitBatch.AnyVersion).Delete(StateKeys.KeyedAnswer, request.Value.Id, CommitBatch.AnyVersion);
        return new(CommandResult.Done(found.Value.Id), batch,
            [$"user {found.Value.Email} removed, with {users.Tokens.Count} tokens and {users.Codes.Count} codes"]);
    }

    public static Decision<CommandResult> ChangeRole(UserSnapshot users, ChangeUserRole command, DateTimeOffset now)
    {
        if (command.Role is not { } role)
            return Decision.Refused("role", "Role is required");
        if (!UserRoles.All.Contains(role))
            return Decision.Refused("role", $"Role '{role}' not found");
        if (IsBuiltIn(command.Email))
        {
            return role == UserRoles.MasterAdmin && !command.Take
                ? Decision.Unchanged(User.Administrator.Id)
                : Decision.Refused("role", "The administrator is master_admin, always and only: that role is every other too");
        }

        if (users.Called(command.Email) is not { } found)
            return Decision.NotFound("Not found");
        if (found.Value.Roles.Contains(role) != command.Take)
            return Decision.Unchanged(found.Value.Id);
        if (found.Value.Integration is { IsViewer: true })
            return Decision.Refused("role", "The integration is a viewer, and that takes away what other roles give; make it anew with this role");
        // Kept in the order of the list, so that it reads the same however it came about.
        var roles = UserRoles.All.Where(one => one == role ? !command.Take : found.Value.Roles.Contains(one)).ToList();
        var changed = found.Value with { Roles = roles, UpdatedAt = now };
        // An invitation lets whoever has it become them; it was given out when they could do less.
        if (role == UserRoles.MasterAdmin && !command.Take && changed.InviteCodeHash is not null)
            changed = changed with { InviteCodeHash = null, ExternalId = null };
        return Put(changed, found.Version, $"user {found.Value.Email} {(command.Take ? "is no longer" : "is now")} {role}");
    }

    public static Decision<CommandResult> ChangeGrid(UserSnapshot users, ChangeGridUser command, DateTimeOffset now)
    {
        if (!users.Grids.Contains(command.Grid))
            return Decision.NotFound($"Grid {command.Grid} does not exist");
        if (command.Email is not { } email)
            return Decision.Refused("email", "Email is required");
        if (IsBuiltIn(email))
            return command.Remove ? Decision.Refused("grid", "Cannot remove last user: the administrator is a user of every grid") : Decision.Unchanged(User.Administrator.Id);
        if (users.Called(email) is not { } found)
            return Decision.NotFound("User not found");
        var isUser = found.Value.Grids.Contains(command.Grid);
        if (command.Remove && !isUser)
            return Decision.Refused("user", "Invalid user");
        if (isUser == !command.Remove)
            return Decision.Unchanged(found.Value.Id);
        var grids = command.Remove ? found.Value.Grids.Where(grid => grid != command.Grid) : [.. found.Value.Grids, command.Grid];
        return Put(found.Value with { Grids = [.. grids], UpdatedAt = now }, found.Version,
            $"user {found.Value.Email} {(command.Remove ? "is no longer" : "is now")} a user of grid {command.Grid}");
    }

    /// <summary>Goes along when a grid is created: whoever created it is its one user (rest-api.md §9.3), also when a grid of that name was deleted by a version that left its users.</summary>
    public static Decision<CommandResult> WithCreator(
        Decision<CommandResult> made, IReadOnlyList<Versioned<User>> creator, IReadOnlyList<Versioned<User>> left, DateTimeOffset now)
    {
        var grid = made.Reply.CreatedId;
        var stale = left.Where(user => user.Value.Grids.Contains(grid) && !creator.Any(one => one.Value.Id == user.Value.Id)).ToList();
        return WithMembers(grid is null ? made : WithoutMembers(made, grid, stale, now), grid, creator, now);
    }

    /// <summary>Goes along when a grid is created or put back.</summary>
    public static Decision<CommandResult> WithMembers(Decision<CommandResult> made, string? grid, IEnumerable<Versioned<User>> users, DateTimeOffset now)
    {
        if (made.Batch is not { } batch || grid is null)
            return made;
        foreach (var user in users.Where(one => !one.Value.Grids.Contains(grid)))
            batch.Put(StateKeys.User, user.Value with { Grids = [.. user.Value.Grids, grid], UpdatedAt = now }, user.Version);
        return made;
    }

    /// <summary>Goes along when a grid is deleted: users of it are not users of the next grid of that name.</summary>
    public static Decision<CommandResult> WithoutMembers(Decision<CommandResult> deleted, string grid, IReadOnlyList<Versioned<User>> users, DateTimeOffset now)
    {
        if (deleted.Batch is not { } batch)
            return deleted;
        foreach (var user in users)
            batch.Put(StateKeys.User, user.Value with { Grids = [.. user.Value.Grids.Where(one => one != grid)], UpdatedAt = now }, user.Version);
        return deleted;
    }

    private static bool IsBuiltIn(string email) => User.Administrator.IsCalled(email);

    private static Decision<CommandResult> Put(User user, long expected, string change) =>
        new(CommandResult.Done(user.Id), new CommitBatch(StateKeys.System).Put(StateKeys.User, user, expected), [change]);
}

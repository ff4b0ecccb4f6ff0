using Kontena.Contracts.Commands;
using Kontena.Contracts.Identity;
using Kontena.Core.Services;
using Kontena.GridManager.Decisions;
using Kontena.GridManager.Users;
using Kontena.State;
using Kontena.State.Documents;
using Names = Kontena.Contracts.Identity.Integrations;

namespace Kontena.GridManager.Integrations;

/// <summary>Which programs may speak over the broker. Each is a user, so that roles, grids and their checks are those of users.</summary>
internal static class IntegrationDecisions
{
    /// <summary>Every one costs a broker user.</summary>
    public const int MostIntegrations = 200;

    /// <summary>From all users and the names of the grids. Whether a commit went through can be unknown, and then the command is decided once more: what was made for it is known by its password.</summary>
    /// <param name="hashOf">The hash of the command's password: the given one when it is of it, else a new one.</param>
    public static Decision<CommandResult> Create(UserSnapshot all, CreateIntegration command, Func<string?, string> hashOf, DateTimeOffset now, Func<string> newId)
    {
        var there = command.Name is null ? null : all.Called(Names.Email(command.Name));
        if (there?.Value.Integration is { } made && hashOf(made.BrokerPasswordHash) == made.BrokerPasswordHash)
            return Decision.Unchanged(there.Value.Id);
        var errors = new FieldErrors();
        if (command.Name is null)
            errors.Reason("is required", "name");
        else if (!Names.IsName(command.Name))
            errors.Reason($"isn't in the right format: {Names.ShortestName} to {Names.LongestName} of a-z, 0-9 and -, beginning with a letter", "name");
        else if (there is not null)
            errors.Reason($"is taken: there is a user {Names.Email(command.Name)}", "name");
        else if (all.Users.Count(user => user.Value.Integration is not null) is >= MostIntegrations and var count)
            errors.Reason($"can't be had: there are {count} integrations, the most there may be", "name");
        else if (all.Users.Count >= UserRules.MostUsers)
            errors.Reason($"can't be had: there are {all.Users.Count} users, the most there may be", "name");
        var isViewer = command.Roles.Contains(Names.Viewer);
        if (command.Roles.FirstOrDefault(role => role != Names.Viewer && !UserRoles.All.Contains(role)) is { } unknown)
            errors.Reason($"'{unknown}' not found; there are {string.Join(", ", UserRoles.All)} and {Names.Viewer}", "roles");
        else if (isViewer && command.Roles.Distinct(StringComparer.Ordinal).Count() > 1)
            errors.Reason($"{Names.Viewer} stands alone: it takes away what other roles give", "roles");
        foreach (var grid in command.Grids.Where(grid => !all.Grids.Contains(grid)).Distinct(StringComparer.Ordinal).Take(10))
            errors.Reason($"'{grid}' does not exist", "grids");
        if (command.Grids.Count == 0 && !command.Roles.Contains(UserRoles.MasterAdmin))
            errors.Reason($"must name at least one grid: without one only a {UserRoles.MasterAdmin} can do something", "grids");
        if (errors.Any)
            return Decision.Refused(errors.Found);

        var user = new User
        {
            Id = newId(),
            Email = Names.Email(command.Name!),
            Name = command.Name,
            Roles = [.. UserRoles.All.Where(command.Roles.Contains)],
            Grids = [.. command.Grids.Distinct(StringComparer.Ordinal)],
            Integration = new IntegrationLogin { Name = command.Name!, BrokerPasswordHash = hashOf(null), IsViewer = isViewer },
            CreatedAt = now,
            UpdatedAt = now,
        };
        return new(CommandResult.Done(user.Id), new CommitBatch(StateKeys.System).Put(StateKeys.User, user, 0), [$"integration {command.Name} made"]);
    }

    /// <summary>From its user, with everything that is theirs.</summary>
    public static Decision<CommandResult> Remove(UserSnapshot users, RemoveIntegration command) =>
        users.Called(Names.Email(command.Name)) is { Value.Integration: not null } found
            ? UserDecisions.Remove(users, new RemoveUser { Email = found.Value.Email })
            : Decision.NotFound("Not found");
}

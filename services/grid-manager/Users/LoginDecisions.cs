using Kontena.Contracts.Commands;
using Kontena.Contracts.Identity;
using Kontena.GridManager.Decisions;
using Kontena.State;
using Kontena.State.Documents;

namespace Kontena.GridManager.Users;

/// <summary>What a step of a login looks at.</summary>
internal sealed record LoginSnapshot
{
    /// <summary>The login itself; null when there is none.</summary>
    public Versioned<LoginRequest>? Login { get; init; }

    /// <summary>All that are open, where one is begun.</summary>
    public IReadOnlyList<Versioned<LoginRequest>> Open { get; init; } = [];

    /// <summary>Who has the invitation, the id at the provider, or the address.</summary>
    public IReadOnlyList<Versioned<User>> Users { get; init; } = [];

    /// <summary>With their codes, for the one user it is about.</summary>
    public UserSnapshot Found { get; init; } = new();
}

/// <summary>Logins through the external provider (rest-api.md §5.4, §5.5): begun, taken by the one who comes back, ended with a code.</summary>
internal static class LoginDecisions
{
    /// <summary>Anybody can begin one. When there are more the oldest go, so that whoever logs in quickly always can.</summary>
    public const int MostOpen = 1000;
    public const int LongestRedirect = 1024;

    /// <summary>How long the way to the provider and back may take (rest-api.md §5.4).</summary>
    public static readonly TimeSpan Life = TimeSpan.FromHours(1);

    public static Decision<CommandResult> Begin(LoginSnapshot now, BeginLogin command, DateTimeOffset time)
    {
        if (command.ExpiresIn is < 1 or > UserRules.LongestExpiry)
            return Decision.Refused("expires_in", "expires_in: seconds, from 1 to ten years; 0 for never");
        if (command.RedirectUri.Length > LongestRedirect)
            return Decision.Refused("redirect_uri", $"redirect_uri: at most {LongestRedirect} characters");
        var invited = command.InviteCodeHash is { } invite ? now.Users.FirstOrDefault(user => user.Value.InviteCodeHash == invite) : null;
        if (command.InviteCodeHash is not null && invited is null)
            return Decision.NotFound("Invalid invite code");
        if (now.Open.Any(one => one.Value.Id == command.StateHash))
            return Decision.Unchanged(command.StateHash);

        var batch = new CommitBatch(StateKeys.System).Put(StateKeys.LoginRequest, new LoginRequest
        {
            Id = command.StateHash, RedirectUri = command.RedirectUri, ExpiresIn = command.ExpiresIn, UserId = invited?.Value.Id,
            InviteCodeHash = command.InviteCodeHash, Verifier = command.Verifier, Before = time + Life, CreatedAt = time,
        }, 0);
        var going = now.Open.Where(one => one.Value.IsOver(time)).ToList();
        var tooMany = now.Open.Count - going.Count - (MostOpen - 1);
        if (tooMany > 0)
            going.AddRange(now.Open.Except(going).OrderBy(one => one.Value.CreatedAt).ThenBy(one => one.Value.Id, StringComparer.Ordinal).Take(tooMany));
        foreach (var one in going)
            batch.Delete(StateKeys.LoginRequest, one.Value.Id, one.Version);
        return new(CommandResult.Done(command.StateHash), batch);
    }

    public static Decision<CommandResult> Take(LoginSnapshot now, TakeLogin command, DateTimeOffset time)
    {
        if (now.Login is not { } login || login.Value.IsOver(time) || (login.Value.TakenBy is { } by && by != command.TakenBy))
            return Decision.NotFound("invalid_request");
        return login.Value.TakenBy is not null
            ? Decision.Unchanged(command.StateHash)
            : new(CommandResult.Done(command.StateHash), new CommitBatch(StateKeys.System).Put(StateKeys.LoginRequest, login.Value with { TakenBy = command.TakenBy }, login.Version));
    }

    /// <summary>Whether a commit went through can be unknown; then the login has gone, and the code that was made is the answer.</summary>
    public static Decision<CommandResult> Finish(LoginSnapshot now, FinishLogin command, DateTimeOffset time, Func<string> newId)
    {
        if (now.Found.Codes.FirstOrDefault(code => code.Value.CodeHash == command.CodeHash) is { } made)
            return Decision.Unchanged(made.Value.Id);
        if (now.Login is not { } login || login.Value.IsOver(time) || login.Value.TakenBy != command.TakenBy)
            return Decision.NotFound("invalid_request");
        if (command.Email is not null && !UserRules.IsEmail(command.Email))
            return Decision.Refused("email", "The login provider says an e-mail address that is none");
        if (!UserRules.IsText(command.ExternalId, UserRules.LongestName))
            return Decision.Refused("email", $"The login provider says an id of over {UserRules.LongestName} characters");
        if (WhoseLogin(now.Users, login.Value, command) is not { Value.Integration: null } found)
            return Decision.Refused("user", "Access denied");

        var user = found.Value;
        var change = new CreateCode { UserId = user.Id, CodeHash = command.CodeHash, Scopes = [TokenScopes.User], ExpiresIn = login.Value.ExpiresIn };
        var decision = TokenDecisions.CreateCode(now.Found, change, time, newId);
        if (decision.Batch is not { } batch)
            return decision;
        batch.Delete(StateKeys.LoginRequest, login.Value.Id, login.Version);
        batch.Put(StateKeys.User, user with
        {
            ExternalId = command.ExternalId ?? user.ExternalId,
            // Only the invitation that was shown: another one may have been opened since, for somebody else to take.
            InviteCodeHash = login.Value.InviteCodeHash is null ? user.InviteCodeHash : null,
            Name = user.Name ?? (UserRules.IsText(command.Name, UserRules.LongestName) ? command.Name : null),
            UpdatedAt = time,
        }, found.Version);
        return decision with { Changes = [.. decision.Changes ?? [], $"user {user.Email} logged in through the provider"] };
    }

    /// <summary>Whom the login is for: whose invitation it began with; else who is known by the id, or by the address when it proves anything.</summary>
    internal static Versioned<User>? WhoseLogin(IReadOnlyList<Versioned<User>> users, LoginRequest login, FinishLogin command)
    {
        var known = command.ExternalId is null ? null : users.FirstOrDefault(user => user.Value.ExternalId == command.ExternalId);
        if (login.UserId is { } invited)
        {
            // One account at the provider is one user here.
            return known is not null && known.Value.Id != invited
                ? null
                : users.FirstOrDefault(user => user.Value.Id == invited && user.Value.InviteCodeHash == login.InviteCodeHash);
        }

        if (known is not null)
            return known;
        if (command.Email is null || command.EmailIsUnproven)
            return null;
        // Somebody else's account with the address of a user who has one there.
        return users.FirstOrDefault(user => user.Value.IsCalled(command.Email) && (user.Value.ExternalId is null || command.ExternalId is null));
    }
}

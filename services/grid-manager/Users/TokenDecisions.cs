using Kontena.Contracts.Commands;
using Kontena.Contracts.Identity;
using Kontena.Core.Services;
using Kontena.GridManager.Decisions;
using Kontena.State;
using Kontena.State.Documents;

namespace Kontena.GridManager.Users;

/// <summary>Tokens and the codes they are exchanged for (rest-api.md §3.2, §5).</summary>
/// <remarks>
/// Whether a commit went through can be unknown, and then the command is decided once more. What was made for it is known by its hash, which no
/// other command has: it is the answer, and nothing is made twice.
/// </remarks>
internal static class TokenDecisions
{
    private const string OnlyQueue = "The user is an integration, which speaks over the message queue alone: it has no tokens";

    public static Decision<CommandResult> Create(UserSnapshot user, CreateToken command, DateTimeOffset now, Func<string> newId)
    {
        var errors = Check(command.Scopes, command.ExpiresIn, command.Description);
        if (!user.HasUser(command.UserId))
            return Decision.NotFound("User not found");
        if (MadeFor(command.Token, user) is { } made)
            return made;
        if (user.IsIntegration(command.UserId))
            errors.Say(OnlyQueue, "user");
        var room = RoomForToken(user, now);
        if (room is null)
            errors.Say($"The user has {user.Tokens.Count} tokens that are not expired, the most there may be: remove some", "user");
        if (errors.Any)
            return Decision.Refused(errors.Found);

        var token = Granted(newId(), command.UserId, command.Token, command.Scopes, command.Description, now + Span(command.ExpiresIn), now);
        return Made(room!, token, now);
    }

    public static Decision<CommandResult> CreateCode(UserSnapshot user, CreateCode command, DateTimeOffset now, Func<string> newId)
    {
        var errors = Check(command.Scopes, command.ExpiresIn, command.Description);
        if (!user.HasUser(command.UserId))
            return Decision.NotFound("User not found");
        if (user.Codes.FirstOrDefault(one => one.Value.CodeHash == command.CodeHash) is { } there)
            return Decision.Unchanged(there.Value.Id);
        if (user.IsIntegration(command.UserId))
            errors.Say(OnlyQueue, "user");
        var over = user.Codes.Where(code => code.Value.IsOver(now)).ToList();
        if (user.Codes.Count - over.Count >= UserRules.MostCodes)
            errors.Say($"The user has {user.Codes.Count - over.Count} codes that nobody exchanged yet, the most there may be: remove some", "user");
        if (errors.Any)
            return Decision.Refused(errors.Found);

        var code = new AuthorizationCode
        {
            Id = newId(), UserId = command.UserId, CodeHash = command.CodeHash, Scopes = command.Scopes, Description = command.Description,
            ExpiresAt = now + Span(command.ExpiresIn), RedeemBefore = now + UserRules.CodeLife, CreatedAt = now,
        };
        var batch = new CommitBatch(StateKeys.System).Put(StateKeys.AuthorizationCode, code, 0);
        foreach (var one in over)
            batch.Delete(StateKeys.AuthorizationCode, one.Value.Id, one.Version);
        return new(CommandResult.Done(code.Id), batch, [$"code {code.Id} made for user {code.UserId}, to be exchanged before {code.RedeemBefore:u}"]);
    }

    /// <summary>The code goes in the commit that makes the token: whoever comes second finds none.</summary>
    public static Decision<CommandResult> Redeem(UserSnapshot user, RedeemCode command, DateTimeOffset now, Func<string> newId)
    {
        if (MadeFor(command.Token, user) is { } made)
            return made;
        var code = user.Codes.FirstOrDefault(one => one.Value.CodeHash == command.CodeHash);
        if (code is null || code.Value.IsOver(now) || !user.HasUser(code.Value.UserId))
            return Decision.NotFound("authorization_code");
        if (RoomForToken(user, now) is not { } room)
            return Decision.Refused("user", $"The user has {user.Tokens.Count} tokens that are not expired, the most there may be: remove some");
        room.Delete(StateKeys.AuthorizationCode, code.Value.Id, code.Version);
        return Made(room, Granted(newId(), code.Value.UserId, command.Token, code.Value.Scopes, code.Value.Description, code.Value.ExpiresAt, now), now);
    }

    /// <summary>Also of a token that has expired. The old one ends in the same commit.</summary>
    public static Decision<CommandResult> Refresh(UserSnapshot user, RefreshToken command, DateTimeOffset now, Func<string> newId)
    {
        if (MadeFor(command.Token, user) is { } made)
            return made;
        var old = user.Tokens.FirstOrDefault(one => one.Value.RefreshHash == command.RefreshHash);
        if (old is null || IsSpent(old.Value, now) || !user.HasUser(old.Value.UserId))
            return Decision.NotFound("refresh_token");
        var batch = new CommitBatch(StateKeys.System).Delete(StateKeys.AccessToken, old.Value.Id, old.Version);
        return Made(batch, Granted(newId(), old.Value.UserId, command.Token, old.Value.Scopes, old.Value.Description, now + UserRules.RefreshedLife, now), now);
    }

    public static Decision<CommandResult> Remove(UserSnapshot found, RemoveToken command)
    {
        if (found.Tokens is [var token, ..])
        {
            return new(CommandResult.Done(command.Id), new CommitBatch(StateKeys.System).Delete(StateKeys.AccessToken, token.Value.Id, token.Version),
                [$"token {command.Id} of user {token.Value.UserId} removed"]);
        }

        return found.Codes is [var code, ..]
            ? new(CommandResult.Done(command.Id), new CommitBatch(StateKeys.System).Delete(StateKeys.AuthorizationCode, code.Value.Id, code.Version),
                [$"code {command.Id} of user {code.Value.UserId} removed"])
            : Decision.NotFound("Not found");
    }

    private static Decision<CommandResult>? MadeFor(NewToken wanted, UserSnapshot user) =>
        user.Tokens.FirstOrDefault(one => one.Value.TokenHash == wanted.Hash) is { } made ? Decision.Unchanged(made.Value.Id) : null;

    private static FieldErrors Check(IReadOnlyList<string> scopes, long? expiresIn, string? description)
    {
        var errors = new FieldErrors();
        if (scopes.Count == 0)
            errors.Reason("is required", "scope");
        foreach (var scope in scopes.Where(one => !TokenScopes.All.Contains(one)).Take(1))
            errors.Reason($"isn't an option: {Short(scope)}; possible are {string.Join(", ", TokenScopes.All)}", "scope");
        if (expiresIn is < 1 or > UserRules.LongestExpiry)
            errors.Reason($"{(expiresIn < 1 ? "is too small" : "is too big")}: seconds, from 1 to ten years", "expires_in");
        if (!UserRules.IsText(description, UserRules.LongestDescription))
            errors.Reason($"isn't in the right format: 1 to {UserRules.LongestDescription} characters, without control characters", "description");
        return errors;
    }

    private static string Short(string text) => text.Length <= 40 ? text : text[..40];

    private static TimeSpan? Span(long? seconds) => seconds is { } given ? TimeSpan.FromSeconds(given) : null;

    /// <summary>Neither lets anybody in nor can be renewed.</summary>
    private static bool IsSpent(AccessToken token, DateTimeOffset now) =>
        token.IsExpired(now) && (token.RefreshHash is null || token.ExpiresAt + UserRules.RefreshLife <= now);

    /// <summary>A batch that takes away what is spent and, when it is still too much, the token that expired first; null when all are good.</summary>
    private static CommitBatch? RoomForToken(UserSnapshot user, DateTimeOffset now)
    {
        var going = user.Tokens.Where(token => IsSpent(token.Value, now)).ToList();
        var tooMany = user.Tokens.Count - going.Count - (UserRules.MostTokens - 1);
        if (tooMany > 0)
            going.AddRange(user.Tokens.Except(going).Where(token => token.Value.IsExpired(now)).OrderBy(token => token.Value.ExpiresAt).Take(tooMany));
        if (user.Tokens.Count - going.Count >= UserRules.MostTokens)
            return null;
        var batch = new CommitBatch(StateKeys.System);
        foreach (var token in going)
            batch.Delete(StateKeys.AccessToken, token.Value.Id, token.Version);
        return batch;
    }

    private static AccessToken Granted(
        string id, string userId, NewToken made, IReadOnlyList<string> scopes, string? description, DateTimeOffset? expiresAt, DateTimeOffset now) => new()
    {
        Id = id, UserId = userId, TokenHash = made.Hash, LastFour = made.LastFour, Scopes = scopes, Description = description, ExpiresAt = expiresAt, CreatedAt = now,
        // What never expires needs no renewal (rest-api.md §3.2).
        RefreshHash = expiresAt is null ? null : made.RefreshHash,
        RefreshLastFour = expiresAt is null ? null : made.RefreshLastFour,
    };

    private static Decision<CommandResult> Made(CommitBatch batch, AccessToken token, DateTimeOffset now) =>
        new(CommandResult.Done(token.Id), batch.Put(StateKeys.AccessToken, token, 0),
            [$"token {token.Id} made for user {token.UserId}, {(token.ExpiresAt is { } end ? $"ends in {(end - now).TotalSeconds:0} s" : "never ends")}"]);
}

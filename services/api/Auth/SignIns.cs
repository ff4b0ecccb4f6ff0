using System.Collections.Concurrent;
using Kontena.Contracts.Identity;
using Kontena.State;
using Kontena.State.Documents;

namespace Kontena.Api.Auth;

/// <summary>Whose a token is. What was found is good for half a second, so that a token or a role that is taken away is gone within one.</summary>
internal sealed class SignIns(AdministratorToken administrator, IStateStore store, TimeProvider time)
{
    public static readonly TimeSpan Freshness = TimeSpan.FromMilliseconds(500);

    private const int MostKept = 10_000;
    private static readonly SignedIn Administrator = new(User.Administrator, null);
    private readonly ConcurrentDictionary<string, Found> _found = new(StringComparer.Ordinal);

    /// <returns>Also for a token that has expired; null when there is no such token.</returns>
    /// <exception cref="StateUnavailableException">The store can't be reached. The administrator's token needs none.</exception>
    public async Task<SignedIn?> FindAsync(string token, CancellationToken cancellationToken)
    {
        if (token.Length is 0 or > TokenHash.LongestToken)
            return null;
        if (administrator.Matches(token))
            return Administrator;

        // Looked up by its hash: how long that takes says nothing about a token.
        var hash = TokenHash.Of(token);
        if (_found.TryGetValue(hash, out var found) && time.GetElapsedTime(found.ReadAt) < Freshness)
            return found.Who;

        var readAt = time.GetTimestamp();
        var who = await ReadAsync(hash, cancellationToken);
        if (who is null)
        {
            // Not kept: strangers would fill the memory with guesses.
            _found.TryRemove(hash, out _);
            return null;
        }

        if (_found.Count >= MostKept)
            _found.Clear();
        _found[hash] = new Found(who, readAt);
        return who;
    }

    /// <summary>Whether the token was good when it was last shown here, if it was; the administrator's always was.</summary>
    public bool Remembers(string token) => administrator.Matches(token) || _found.ContainsKey(TokenHash.Of(token));

    private async Task<SignedIn?> ReadAsync(string hash, CancellationToken cancellationToken)
    {
        if (await store.ListAsync(StateKeys.AccessToken, StateKeys.System, cancellationToken, new IndexValue("token", hash)) is not [var token, ..])
            return null;
        var user = token.Value.UserId == User.Administrator.Id
            ? User.Administrator
            : (await store.GetAsync(StateKeys.User, StateKeys.System, token.Value.UserId, cancellationToken))?.Value;
        return user is null ? null : new SignedIn(user, token.Value);
    }

    private sealed record Found(SignedIn Who, long ReadAt);
}

using Kontena.Contracts.Identity;
using Kontena.Core.Ids;
using Kontena.State;
using Kontena.State.Documents;

namespace Kontena.Api.Auth;

/// <summary>Tokens and codes as the store has them, and whose they are.</summary>
internal sealed class TokenReader(IStateStore store)
{
    public async Task<IReadOnlyList<AccessToken>> TokensOfAsync(User user, CancellationToken cancellationToken) =>
        [.. (await store.ListAsync(StateKeys.AccessToken, StateKeys.System, cancellationToken, new IndexValue("user", user.Id))).Select(one => one.Value)];

    public async Task<IReadOnlyList<AuthorizationCode>> CodesOfAsync(User user, CancellationToken cancellationToken) =>
        [.. (await store.ListAsync(StateKeys.AuthorizationCode, StateKeys.System, cancellationToken, new IndexValue("user", user.Id))).Select(one => one.Value)];

    /// <summary>By its id, or by the token itself.</summary>
    public async Task<AccessToken?> FindTokenAsync(string tokenOrId, CancellationToken cancellationToken)
    {
        if (ObjectId.IsValid(tokenOrId))
            return (await store.GetAsync(StateKeys.AccessToken, StateKeys.System, tokenOrId, cancellationToken))?.Value;
        return tokenOrId.Length <= TokenHash.LongestToken
            && await store.ListAsync(StateKeys.AccessToken, StateKeys.System, cancellationToken, new IndexValue("token", TokenHash.Of(tokenOrId))) is [var found, ..]
            ? found.Value
            : null;
    }

    public async Task<AuthorizationCode?> FindCodeAsync(string id, CancellationToken cancellationToken) =>
        ObjectId.IsValid(id) ? (await store.GetAsync(StateKeys.AuthorizationCode, StateKeys.System, id, cancellationToken))?.Value : null;

    /// <summary>Whose a code is; null when nobody made it.</summary>
    public async Task<User?> OwnerOfCodeAsync(string code, CancellationToken cancellationToken) =>
        await store.ListAsync(StateKeys.AuthorizationCode, StateKeys.System, cancellationToken, new IndexValue("code", TokenHash.Of(code))) is [var found, ..]
            ? await UserAsync(found.Value.UserId, cancellationToken)
            : null;

    /// <inheritdoc cref="OwnerOfCodeAsync"/>
    public async Task<User?> OwnerOfRefreshAsync(string refresh, CancellationToken cancellationToken) =>
        await store.ListAsync(StateKeys.AccessToken, StateKeys.System, cancellationToken, new IndexValue("refresh", TokenHash.Of(refresh))) is [var found, ..]
            ? await UserAsync(found.Value.UserId, cancellationToken)
            : null;

    public async Task<User?> UserAsync(string id, CancellationToken cancellationToken) =>
        id == User.Administrator.Id ? User.Administrator : (await store.GetAsync(StateKeys.User, StateKeys.System, id, cancellationToken))?.Value;
}

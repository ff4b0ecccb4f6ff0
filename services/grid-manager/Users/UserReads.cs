using Kontena.Contracts.Identity;
using Kontena.Contracts.Requests;
using Kontena.State;
using Kontena.State.Documents;

namespace Kontena.GridManager.Users;

/// <summary>What a decision about users looks at.</summary>
internal sealed record UserSnapshot
{
    /// <summary>Those that the decision is about; all of them where it says so. Never the administrator, who is built in.</summary>
    public IReadOnlyList<Versioned<User>> Users { get; init; } = [];

    /// <summary>Names of the grids, where membership is decided.</summary>
    public IReadOnlyList<string> Grids { get; init; } = [];

    /// <summary>Of the users above, or the one that was looked for.</summary>
    public IReadOnlyList<Versioned<AccessToken>> Tokens { get; init; } = [];

    /// <inheritdoc cref="Tokens"/>
    public IReadOnlyList<Versioned<AuthorizationCode>> Codes { get; init; } = [];

    /// <summary>Kept of the user who is to go, with their answers.</summary>
    public IReadOnlyList<Versioned<KeyedRequest>> Requests { get; init; } = [];

    public Versioned<User>? Called(string email) => Users.FirstOrDefault(one => one.Value.IsCalled(email));

    public bool HasUser(string id) => id == User.Administrator.Id || Users.Any(one => one.Value.Id == id);

    public bool IsIntegration(string id) => Users.Any(one => one.Value.Id == id && one.Value.Integration is not null);
}

/// <summary>Looks up no more than a decision needs.</summary>
internal static class UserReads
{
    public static async Task<UserSnapshot> AllAsync(IStateStore store, CancellationToken cancellationToken) =>
        new() { Users = await store.ListAsync(StateKeys.User, StateKeys.System, cancellationToken) };

    /// <summary>One user with their tokens and codes, and the grids.</summary>
    public static async Task<UserSnapshot> CalledAsync(IStateStore store, string? email, CancellationToken cancellationToken)
    {
        var grids = await store.ListAsync(StateKeys.Grid, StateKeys.System, cancellationToken);
        var snapshot = new UserSnapshot { Grids = [.. grids.Select(grid => grid.Value.Name)] };
        if (!UserRules.IsEmail(email))
            return snapshot;
        var users = await store.ListAsync(StateKeys.User, StateKeys.System, cancellationToken, StateKeys.UserEmail(email!));
        return users is [var one, ..] ? await WithCredentialsAsync(store, snapshot with { Users = users }, one.Value.Id, cancellationToken) : snapshot;
    }

    /// <summary>One user with everything that goes when they go.</summary>
    public static async Task<UserSnapshot> LeavingAsync(IStateStore store, string? email, CancellationToken cancellationToken)
    {
        var snapshot = await CalledAsync(store, email, cancellationToken);
        if (snapshot.Users is not [var user, ..])
            return snapshot;
        var owner = new IndexValue("owner", KeyedRequest.OwnerOf(user.Value.Id));
        return snapshot with { Requests = await store.ListAsync(StateKeys.KeyedRequest, StateKeys.System, cancellationToken, owner) };
    }

    public static async Task<bool> IsUserAsync(IStateStore store, string id, CancellationToken cancellationToken) =>
        id == User.Administrator.Id || await store.GetAsync(StateKeys.User, StateKeys.System, id, cancellationToken) is not null;

    public static async Task<UserSnapshot> OfIdAsync(IStateStore store, string userId, CancellationToken cancellationToken)
    {
        var user = await store.GetAsync(StateKeys.User, StateKeys.System, userId, cancellationToken);
        return await WithCredentialsAsync(store, new UserSnapshot { Users = user is null ? [] : [user] }, userId, cancellationToken);
    }

    /// <summary>Whose a code is; when it has gone, whose the token is that it may have been exchanged for.</summary>
    public static async Task<UserSnapshot> OfCodeAsync(IStateStore store, string hash, string madeHash, CancellationToken cancellationToken) =>
        await store.ListAsync(StateKeys.AuthorizationCode, StateKeys.System, cancellationToken, new IndexValue("code", hash)) is [var code, ..]
            ? await OfIdAsync(store, code.Value.UserId, cancellationToken)
            : await OfTokenAsync(store, new IndexValue("token", madeHash), cancellationToken);

    /// <summary>Whose a token is, by what renews it; when it has gone, whose the one is that it may have been exchanged for.</summary>
    public static async Task<UserSnapshot> OfRefreshAsync(IStateStore store, string hash, string madeHash, CancellationToken cancellationToken) =>
        await OfTokenAsync(store, new IndexValue("refresh", hash), cancellationToken) is { Tokens.Count: > 0 } found
            ? found
            : await OfTokenAsync(store, new IndexValue("token", madeHash), cancellationToken);

    private static async Task<UserSnapshot> OfTokenAsync(IStateStore store, IndexValue index, CancellationToken cancellationToken) =>
        await store.ListAsync(StateKeys.AccessToken, StateKeys.System, cancellationToken, index) is [var token, ..]
            ? await OfIdAsync(store, token.Value.UserId, cancellationToken)
            : new UserSnapshot();

    /// <summary>A token or a code by its id.</summary>
    public static async Task<UserSnapshot> CredentialAsync(IStateStore store, string id, CancellationToken cancellationToken)
    {
        var token = await store.GetAsync(StateKeys.AccessToken, StateKeys.System, id, cancellationToken);
        var code = await store.GetAsync(StateKeys.AuthorizationCode, StateKeys.System, id, cancellationToken);
        return new UserSnapshot { Tokens = token is null ? [] : [token], Codes = code is null ? [] : [code] };
    }

    /// <summary>The users of a grid.</summary>
    public static Task<IReadOnlyList<Versioned<User>>> OfGridAsync(IStateStore store, string grid, CancellationToken cancellationToken) =>
        store.ListAsync(StateKeys.User, StateKeys.System, cancellationToken, new IndexValue("grid", grid));

    /// <summary>Those of these ids that there are.</summary>
    public static async Task<IReadOnlyList<Versioned<User>>> OfIdsAsync(IStateStore store, IEnumerable<string> ids, CancellationToken cancellationToken)
    {
        var found = new List<Versioned<User>>();
        foreach (var id in ids)
        {
            if (await store.GetAsync(StateKeys.User, StateKeys.System, id, cancellationToken) is { } user)
                found.Add(user);
        }

        return found;
    }

    private static async Task<UserSnapshot> WithCredentialsAsync(IStateStore store, UserSnapshot snapshot, string userId, CancellationToken cancellationToken)
    {
        var index = new IndexValue("user", userId);
        var tokens = store.ListAsync(StateKeys.AccessToken, StateKeys.System, cancellationToken, index);
        var codes = store.ListAsync(StateKeys.AuthorizationCode, StateKeys.System, cancellationToken, index);
        return snapshot with { Tokens = await tokens, Codes = await codes };
    }
}

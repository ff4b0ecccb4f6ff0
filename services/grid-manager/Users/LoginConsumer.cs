using Kontena.Contracts.Identity;
using Kontena.Core.Ids;
using Kontena.GridManager.Decisions;
using Kontena.State;
using Kontena.State.Documents;
using MassTransit;

namespace Kontena.GridManager.Users;

/// <summary>The steps of a login through the external provider. Only hashes of states and codes arrive.</summary>
internal sealed class LoginConsumer(GridLedger ledger, TimeProvider time) : IConsumer<BeginLogin>, IConsumer<TakeLogin>, IConsumer<FinishLogin>
{
    public async Task Consume(ConsumeContext<BeginLogin> context) =>
        await context.AnswerAsync(await ledger.DecideAboutUsersAsync(
            async (store, cancellationToken) => new LoginSnapshot
            {
                Open = await store.ListAsync(StateKeys.LoginRequest, StateKeys.System, cancellationToken),
                Users = context.Message.InviteCodeHash is { } invite ? await UsersAsync(store, new IndexValue("invite", invite), cancellationToken) : [],
            },
            (now, at) => LoginDecisions.Begin(now, context.Message, at), context.CancellationToken));

    public async Task Consume(ConsumeContext<TakeLogin> context) =>
        await context.AnswerAsync(await ledger.DecideAboutUsersAsync(
            async (store, cancellationToken) => new LoginSnapshot
            {
                Login = await store.GetAsync(StateKeys.LoginRequest, StateKeys.System, context.Message.StateHash, cancellationToken),
            },
            (now, at) => LoginDecisions.Take(now, context.Message, at), context.CancellationToken));

    public async Task Consume(ConsumeContext<FinishLogin> context) =>
        await context.AnswerAsync(await ledger.DecideAboutUsersAsync(
            (store, cancellationToken) => ReadAsync(store, context.Message, cancellationToken),
            (now, at) => LoginDecisions.Finish(now, context.Message, at, () => ObjectId.New(time)), context.CancellationToken));

    private static async Task<LoginSnapshot> ReadAsync(IStateStore store, FinishLogin command, CancellationToken cancellationToken)
    {
        if (await store.GetAsync(StateKeys.LoginRequest, StateKeys.System, command.StateHash, cancellationToken) is not { } login)
            return new LoginSnapshot { Found = await UserReads.OfCodeAsync(store, command.CodeHash, command.CodeHash, cancellationToken) };
        var users = new List<Versioned<User>>();
        if (login.Value.UserId is { } invited)
            users.AddRange(await UserReads.OfIdsAsync(store, [invited], cancellationToken));
        if (command.ExternalId is { } external)
            users.AddRange(await UsersAsync(store, new IndexValue("external-id", external), cancellationToken));
        if (UserRules.IsEmail(command.Email))
            users.AddRange(await UsersAsync(store, StateKeys.UserEmail(command.Email!), cancellationToken));
        var found = LoginDecisions.WhoseLogin(users, login.Value, command);
        return new LoginSnapshot
        {
            Login = login, Users = users, Found = found is null ? new UserSnapshot() : await UserReads.OfIdAsync(store, found.Value.Id, cancellationToken),
        };
    }

    private static Task<IReadOnlyList<Versioned<User>>> UsersAsync(IStateStore store, IndexValue index, CancellationToken cancellationToken) =>
        store.ListAsync(StateKeys.User, StateKeys.System, cancellationToken, index);
}

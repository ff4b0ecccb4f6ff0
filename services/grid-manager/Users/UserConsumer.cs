using Kontena.Contracts.Identity;
using Kontena.Core.Ids;
using Kontena.GridManager.Decisions;
using Kontena.GridManager.Integrations;
using MassTransit;

namespace Kontena.GridManager.Users;

/// <summary>Commands about users.</summary>
/// <param name="keepers">One when integrations have broker users; what changes for a user may change for one of them.</param>
internal sealed class UserConsumer(GridLedger ledger, TimeProvider time, IEnumerable<IntegrationKeeper> keepers)
    : IConsumer<InviteUser>, IConsumer<RemoveUser>, IConsumer<ChangeUserRole>, IConsumer<ChangeGridUser>
{
    public async Task Consume(ConsumeContext<InviteUser> context) =>
        await context.AnswerAsync(await ledger.DecideAboutUsersAsync(
            UserReads.AllAsync, (all, now) => UserDecisions.Invite(all, context.Message, now, () => ObjectId.New(time)), context.CancellationToken));

    public async Task Consume(ConsumeContext<RemoveUser> context)
    {
        await context.AnswerAsync(await ledger.DecideAboutUsersAsync(
            (store, cancellationToken) => UserReads.LeavingAsync(store, context.Message.Email, cancellationToken),
            (users, _) => UserDecisions.Remove(users, context.Message), context.CancellationToken));
        LookNow();
    }

    public async Task Consume(ConsumeContext<ChangeUserRole> context)
    {
        await context.AnswerAsync(await ledger.DecideAboutUsersAsync(
            (store, cancellationToken) => UserReads.CalledAsync(store, context.Message.Email, cancellationToken),
            (users, now) => UserDecisions.ChangeRole(users, context.Message, now), context.CancellationToken));
        LookNow();
    }

    public async Task Consume(ConsumeContext<ChangeGridUser> context)
    {
        await context.AnswerAsync(await ledger.DecideAboutUsersAsync(
            (store, cancellationToken) => UserReads.CalledAsync(store, context.Message.Email, cancellationToken),
            (users, now) => UserDecisions.ChangeGrid(users, context.Message, now), context.CancellationToken));
        LookNow();
    }

    private void LookNow()
    {
        foreach (var keeper in keepers)
            keeper.LookNow();
    }
}

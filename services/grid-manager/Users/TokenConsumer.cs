using Kontena.Contracts.Identity;
using Kontena.Core.Ids;
using Kontena.GridManager.Decisions;
using MassTransit;

namespace Kontena.GridManager.Users;

/// <summary>Commands about tokens and codes. Whoever sends them keeps the secrets; only hashes arrive.</summary>
internal sealed class TokenConsumer(GridLedger ledger, TimeProvider time)
    : IConsumer<CreateToken>, IConsumer<CreateCode>, IConsumer<RedeemCode>, IConsumer<RefreshToken>, IConsumer<RemoveToken>
{
    public async Task Consume(ConsumeContext<CreateToken> context) =>
        await context.AnswerAsync(await ledger.DecideAboutUsersAsync(
            (store, cancellationToken) => UserReads.OfIdAsync(store, context.Message.UserId, cancellationToken),
            (user, now) => TokenDecisions.Create(user, context.Message, now, NewId), context.CancellationToken));

    public async Task Consume(ConsumeContext<CreateCode> context) =>
        await context.AnswerAsync(await ledger.DecideAboutUsersAsync(
            (store, cancellationToken) => UserReads.OfIdAsync(store, context.Message.UserId, cancellationToken),
            (user, now) => TokenDecisions.CreateCode(user, context.Message, now, NewId), context.CancellationToken));

    public async Task Consume(ConsumeContext<RedeemCode> context) =>
        await context.AnswerAsync(await ledger.DecideAboutUsersAsync(
            (store, cancellationToken) => UserReads.OfCodeAsync(store, context.Message.CodeHash, context.Message.Token.Hash, cancellationToken),
            (user, now) => TokenDecisions.Redeem(user, context.Message, now, NewId), context.CancellationToken));

    public async Task Consume(ConsumeContext<RefreshToken> context) =>
        await context.AnswerAsync(await ledger.DecideAboutUsersAsync(
            (store, cancellationToken) => UserReads.OfRefreshAsync(store, context.Message.RefreshHash, context.Message.Token.Hash, cancellationToken),
            (user, now) => TokenDecisions.Refresh(user, context.Message, now, NewId), context.CancellationToken));

    public async Task Consume(ConsumeContext<RemoveToken> context) =>
        await context.AnswerAsync(await ledger.DecideAboutUsersAsync(
            (store, cancellationToken) => UserReads.CredentialAsync(store, context.Message.Id, cancellationToken),
            (found, _) => TokenDecisions.Remove(found, context.Message), context.CancellationToken));

    private string NewId() => ObjectId.New(time);
}

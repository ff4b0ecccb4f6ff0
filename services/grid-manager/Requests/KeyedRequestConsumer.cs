using Kontena.Contracts.Requests;
using Kontena.GridManager.Decisions;
using Kontena.GridManager.Users;
using Kontena.State;
using Kontena.State.Documents;
using MassTransit;

namespace Kontena.GridManager.Requests;

/// <summary>Requests with an <c>Idempotency-Key</c>, before and after they are carried out.</summary>
internal sealed class KeyedRequestConsumer(GridLedger ledger) : IConsumer<BeginKeyedRequest>, IConsumer<EndKeyedRequest>
{
    public async Task Consume(ConsumeContext<BeginKeyedRequest> context) =>
        await context.AnswerAsync(await ledger.DecideAboutRequestsAsync(
            async (store, cancelled) => (
                Kept: await store.ListAsync(StateKeys.KeyedRequest, StateKeys.System, cancelled, new IndexValue("owner", context.Message.Owner)),
                Answer: await store.GetAsync(StateKeys.KeyedAnswer, StateKeys.System, context.Message.Id, cancelled),
                IsOfUser: context.Message.UserId is not { } user || await UserReads.IsUserAsync(store, user, cancelled)),
            (read, now) => KeyedRequestDecisions.Begin(read.Kept, read.Answer?.Value, read.IsOfUser, context.Message, now), context.CancellationToken));

    public async Task Consume(ConsumeContext<EndKeyedRequest> context) =>
        await context.AnswerAsync(await ledger.DecideAboutRequestsAsync(
            (store, cancelled) => store.GetAsync(StateKeys.KeyedRequest, StateKeys.System, context.Message.Id, cancelled),
            (found, _) => KeyedRequestDecisions.End(found, context.Message), context.CancellationToken));
}

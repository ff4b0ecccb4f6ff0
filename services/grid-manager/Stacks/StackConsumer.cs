using Kontena.Contracts.Stacks;
using Kontena.Core.Ids;
using Kontena.GridManager.Decisions;
using Kontena.GridManager.Services;
using MassTransit;

namespace Kontena.GridManager.Stacks;

/// <summary>Commands about stacks.</summary>
internal sealed class StackConsumer(GridLedger ledger, TimeProvider time)
    : IConsumer<CreateStack>, IConsumer<UpdateStack>, IConsumer<PatchStack>, IConsumer<ApplyStackRevision>, IConsumer<RemoveStack>, IConsumer<SetStackState>,
        IConsumer<PlanStack>
{
    public async Task Consume(ConsumeContext<CreateStack> context) =>
        await context.AnswerAsync(await ledger.DecideAsync(
            context.Message.Grid, (grid, now) => CreateStackDecision.Decide(grid, context.Message, now, NewId), context.CancellationToken,
            withLiveness: context.Message.Request.Plan is not null, withVault: AsksForSecrets(context.Message.Request)));

    public async Task Consume(ConsumeContext<UpdateStack> context) =>
        await context.AnswerAsync(await ledger.DecideAsync(
            context.Message.Grid, (grid, now) => UpdateStackDecision.Decide(grid, context.Message, now, NewId), context.CancellationToken,
            withLiveness: context.Message.Request.Plan is not null, withVault: AsksForSecrets(context.Message.Request)));

    public async Task Consume(ConsumeContext<PatchStack> context) =>
        await context.AnswerAsync(await ledger.DecideAsync(
            context.Message.Grid, (grid, _) => PatchStackDecision.Decide(grid, context.Message), context.CancellationToken));

    /// <remarks>What the revision asks for is known only once it is read.</remarks>
    public async Task Consume(ConsumeContext<ApplyStackRevision> context) =>
        await context.AnswerAsync(await ledger.DecideAsync(
            context.Message.Grid,
            (grid, now) => ApplyStackRevisionDecision.Decide(grid, context.Message, now, NewId), ApplyStackRevisionDecision.Missing, context.CancellationToken,
            withVault: true));

    public async Task Consume(ConsumeContext<RemoveStack> context) =>
        await context.AnswerAsync(await ledger.DecideAsync(
            context.Message.Grid, (grid, now) => RemoveStackDecision.Decide(grid, context.Message, now), context.CancellationToken));

    public async Task Consume(ConsumeContext<SetStackState> context) =>
        await context.AnswerAsync(await ledger.DecideAsync(
            context.Message.Grid, (grid, now) => SetStackStateDecision.Decide(grid, context.Message, now), context.CancellationToken));

    public async Task Consume(ConsumeContext<PlanStack> context) =>
        await context.AnswerAsync(await ledger.DecideAsync(
            context.Message.Grid, (grid, now) => PlanStackDecision.Decide(grid, context.Message, now), PlanStackDecision.Missing, context.CancellationToken,
            withLiveness: true, withVault: AsksForSecrets(context.Message.Request)));

    private static bool AsksForSecrets(StackRequest request) => request.Services?.Any(service => service is not null && ServiceConsumer.AsksForSecrets(service)) == true;

    private string NewId() => ObjectId.New(time);
}

using Kontena.Contracts.Services;
using Kontena.Core.Ids;
using Kontena.GridManager.Decisions;
using MassTransit;

namespace Kontena.GridManager.Services;

/// <summary>Commands about services, and the scheduler's word that a removed one is gone.</summary>
internal sealed class ServiceConsumer(GridLedger ledger, TimeProvider time)
    : IConsumer<CreateService>, IConsumer<UpdateService>, IConsumer<RemoveService>, IConsumer<SetServiceState>, IConsumer<RollbackService>,
        IConsumer<ServiceTornDown>
{
    public async Task Consume(ConsumeContext<CreateService> context) =>
        await context.AnswerAsync(await ledger.DecideAsync(
            context.Message.Grid, (grid, now) => CreateServiceDecision.Decide(grid, context.Message, now, () => ObjectId.New(time)), context.CancellationToken,
            withVault: AsksForSecrets(context.Message.Request)));

    public async Task Consume(ConsumeContext<UpdateService> context) =>
        await context.AnswerAsync(await ledger.DecideAsync(
            context.Message.Grid, (grid, now) => UpdateServiceDecision.Decide(grid, context.Message, now), context.CancellationToken,
            withVault: AsksForSecrets(context.Message.Request)));

    public async Task Consume(ConsumeContext<RemoveService> context) =>
        await context.AnswerAsync(await ledger.DecideAsync(
            context.Message.Grid, (grid, now) => RemoveServiceDecision.Decide(grid, context.Message, now), context.CancellationToken));

    public async Task Consume(ConsumeContext<SetServiceState> context) =>
        await context.AnswerAsync(await ledger.DecideAsync(
            context.Message.Grid, (grid, now) => SetServiceStateDecision.Decide(grid, context.Message, now), context.CancellationToken));

    /// <remarks>A kept revision never changes, so it may be read before the rest.</remarks>
    public async Task Consume(ConsumeContext<RollbackService> context)
    {
        var command = context.Message;
        var kept = await ledger.FindRevisionAsync(command.Grid, command.Stack, command.Service, command.ToRevision, context.CancellationToken);
        await context.AnswerAsync(await ledger.DecideAsync(
            command.Grid, (grid, now) => RollbackServiceDecision.Decide(grid, command, kept, now), context.CancellationToken));
    }

    /// <summary>The vault is read only for those that name something of it.</summary>
    public static bool AsksForSecrets(ServiceRequest request) => request.Secrets is { Count: > 0 };

    /// <summary>Sent, not asked: nobody waits for an answer.</summary>
    public async Task Consume(ConsumeContext<ServiceTornDown> context) =>
        await ledger.DecideAsync(context.Message.Grid, (grid, _) => ServiceTornDownDecision.Decide(grid, context.Message), context.CancellationToken);
}

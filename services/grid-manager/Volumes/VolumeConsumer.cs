using Kontena.Contracts.Volumes;
using Kontena.Core.Ids;
using Kontena.GridManager.Decisions;
using MassTransit;

namespace Kontena.GridManager.Volumes;

/// <summary>Commands about volumes, and the scheduler's word that the data of a removed one is gone.</summary>
internal sealed class VolumeConsumer(GridLedger ledger, TimeProvider time) : IConsumer<CreateVolume>, IConsumer<DeleteVolume>, IConsumer<VolumeTornDown>
{
    public async Task Consume(ConsumeContext<CreateVolume> context) =>
        await context.AnswerAsync(await ledger.DecideAsync(
            context.Message.Grid, (grid, now) => CreateVolumeDecision.Decide(grid, context.Message, now, () => ObjectId.New(time)), context.CancellationToken));

    public async Task Consume(ConsumeContext<DeleteVolume> context) =>
        await context.AnswerAsync(await ledger.DecideAsync(
            context.Message.Grid, (grid, now) => DeleteVolumeDecision.Decide(grid, context.Message, now), context.CancellationToken));

    /// <summary>Sent, not asked: nobody waits for an answer.</summary>
    public async Task Consume(ConsumeContext<VolumeTornDown> context) =>
        await ledger.DecideAsync(context.Message.Grid, (grid, _) => VolumeTornDownDecision.Decide(grid, context.Message), context.CancellationToken);
}

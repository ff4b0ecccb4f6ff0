using Kontena.Contracts.Commands;
using Kontena.Contracts.Deploys;
using Kontena.Contracts.Grids;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Jobs;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Volumes;
using Kontena.Core.Ids;
using Kontena.Hosting.Bus;
using MassTransit;

namespace Kontena.Scheduler.Shards;

/// <summary>Commands to the scheduler. Each is answered once what it asks for is in the store.</summary>
internal sealed class DeployConsumer(GridLoops loops, TimeProvider time)
    : IConsumer<DeployService>, IConsumer<DeployStack>, IConsumer<CancelDeploy>, IConsumer<CancelStackDeploy>,
        IConsumer<RebalanceGrid>, IConsumer<RestartService>, IConsumer<ReleaseInstance>, IConsumer<StartRun>, IConsumer<StopRun>
{
    public Task Consume(ConsumeContext<DeployService> context) =>
        AnswerAsync(context, context.Message.Grid, new GridInput.Deploy(ObjectId.New(time), context.Message));

    public Task Consume(ConsumeContext<DeployStack> context) =>
        AnswerAsync(context, context.Message.Grid, new GridInput.DeployAll(ObjectId.New(time), context.Message));

    public Task Consume(ConsumeContext<CancelDeploy> context) =>
        AnswerAsync(context, context.Message.Grid, new GridInput.Cancel(context.Message));

    public Task Consume(ConsumeContext<CancelStackDeploy> context) =>
        AnswerAsync(context, context.Message.Grid, new GridInput.CancelAll(context.Message));

    public Task Consume(ConsumeContext<RebalanceGrid> context) =>
        AnswerAsync(context, context.Message.Grid, new GridInput.Rebalance(context.Message));

    public Task Consume(ConsumeContext<RestartService> context) =>
        AnswerAsync(context, context.Message.Grid, new GridInput.Restart(context.Message));

    public Task Consume(ConsumeContext<ReleaseInstance> context) =>
        AnswerAsync(context, context.Message.Grid, new GridInput.Release(context.Message));

    public Task Consume(ConsumeContext<StartRun> context) =>
        AnswerAsync(context, context.Message.Grid, new GridInput.Start(ObjectId.New(time), context.Message));

    public Task Consume(ConsumeContext<StopRun> context) =>
        AnswerAsync(context, context.Message.Grid, new GridInput.Stop(context.Message));

    private async Task AnswerAsync(ConsumeContext context, string grid, GridInput input)
    {
        try
        {
            var answer = await loops.PostAsync(grid, input, context.CancellationToken) ?? CommandResult.Done();
            if (context.ResponseAddress is not null)
                await context.RespondAsync(answer);
        }
        catch (EpochLostException) when (context.TryGiveBack())
        {
            // Whoever reads the shard now answers.
        }
    }
}

/// <summary>What nodes report, and what grid-manager says has changed. Acknowledged once it is committed.</summary>
internal sealed class NewsConsumer(GridLoops loops)
    : IConsumer<InstanceObserved>, IConsumer<NodeSynced>, IConsumer<NodeHeartbeat>, IConsumer<VolumeObserved>, IConsumer<GridFactChanged>
{
    public Task Consume(ConsumeContext<InstanceObserved> context) =>
        TakeAsync(context, context.Message.Grid, new GridInput.Report(context.Message));

    public Task Consume(ConsumeContext<NodeSynced> context) =>
        TakeAsync(context, context.Message.Grid, new GridInput.Synced(context.Message));

    public Task Consume(ConsumeContext<NodeHeartbeat> context) =>
        TakeAsync(context, context.Message.Grid, new GridInput.Heartbeat(context.Message));

    public Task Consume(ConsumeContext<VolumeObserved> context) =>
        TakeAsync(context, context.Message.Grid, new GridInput.VolumeReport(context.Message));

    public Task Consume(ConsumeContext<GridFactChanged> context) =>
        TakeAsync(context, context.Message.Grid, new GridInput.FactChanged(context.Message));

    private async Task TakeAsync(ConsumeContext context, string grid, GridInput input)
    {
        try
        {
            await loops.PostAsync(grid, input, context.CancellationToken);
        }
        catch (EpochLostException) when (context.TryGiveBack())
        {
            // Whoever reads the shard now takes it in.
        }
    }
}

/// <summary>The timer's message, back through the shard's own queue: only the scheduler that reads the queue acts on it.</summary>
internal sealed class SweepConsumer(GridLoops loops, GridDirectory directory) : IConsumer<SweepShard>
{
    public async Task Consume(ConsumeContext<SweepShard> context)
    {
        var grids = await directory.OfShardAsync(context.Message.Shard, context.CancellationToken);
        await Task.WhenAll(grids.Select(grid => SweepAsync(grid, context.CancellationToken)));
    }

    private async Task SweepAsync(string grid, CancellationToken cancellationToken)
    {
        try
        {
            await loops.PostAsync(grid, new GridInput.Sweep(), cancellationToken);
        }
        catch (EpochLostException)
        {
            // The next sweep is two seconds away; it reaches whoever reads the shard then.
        }
    }
}

using Kontena.Contracts.Placement;
using Kontena.Scheduler.Shards;
using MassTransit;

namespace Kontena.Scheduler.Explaining;

/// <summary>Questions about placement. They come over the shard's queue because its reader has the grid in memory, and change nothing.</summary>
internal sealed class QuestionConsumer(GridLoops loops, TimeProvider time) : IConsumer<ExplainPlacement>, IConsumer<SimulateGrid>, IConsumer<PlanPlacement>
{
    public async Task Consume(ConsumeContext<ExplainPlacement> context)
    {
        var snapshot = await loops.LookAsync(context.Message.Grid, context.CancellationToken);
        await context.RespondAsync(snapshot is null
            ? new PlacementExplained { Found = false }
            : ServiceExplainer.Explain(snapshot, context.Message, time.GetUtcNow()));
    }

    public async Task Consume(ConsumeContext<SimulateGrid> context)
    {
        var snapshot = await loops.LookAsync(context.Message.Grid, context.CancellationToken);
        await context.RespondAsync(snapshot is null
            ? new GridSimulated { Found = false }
            : GridSimulator.Simulate(snapshot, context.Message, time.GetUtcNow()));
    }

    public async Task Consume(ConsumeContext<PlanPlacement> context)
    {
        var snapshot = await loops.LookAsync(context.Message.Grid, context.CancellationToken);
        await context.RespondAsync(snapshot is null
            ? new PlacementPlanned { Found = false }
            : StackPlanner.Plan(snapshot, context.Message, time.GetUtcNow()));
    }
}

using Kontena.Contracts.Messaging;
using Kontena.Hosting;
using Kontena.Hosting.Bus;
using Kontena.Scheduler.Explaining;
using Kontena.Scheduler.Shards;
using Kontena.Scheduler.Snapshots;
using Kontena.State;

namespace Kontena.Scheduler;

/// <summary>The scheduler as a module: where instances run, and how they get there.</summary>
public static class SchedulerModule
{
    // Inputs of one shard that may wait for one commit together; each grid still takes them one after another.
    private const int AtOnce = 256;

    public static KontenaApplicationBuilder AddScheduler(this KontenaApplicationBuilder builder)
    {
        if (!builder.TryAddModule("scheduler"))
            return builder;
        builder.Services.AddKontenaState(builder.Configuration);
        builder.Services.AddSingleton<GridSnapshots>();
        builder.Services.AddSingleton<GridDirectory>();
        builder.Services.AddSingleton<GridLoops>();
        builder.Services.AddHostedService(services => services.GetRequiredService<GridLoops>());
        builder.Services.AddHostedService<SweepTimer>();

        for (var shard = 0; shard < Queues.SchedulerShards; shard++)
        {
            builder.AddControlEndpoint(new BusEndpoint(Queues.SchedulerShard(shard))
            {
                Consumers = [typeof(DeployConsumer), typeof(NewsConsumer), typeof(SweepConsumer), typeof(QuestionConsumer)],
                Bindings =
                [
                    new BusBinding(Queues.Reports, $"{shard}.heartbeat"),
                    new BusBinding(Queues.Reports, $"{shard}.observed"),
                    new BusBinding(Queues.Reports, $"{shard}.synced"),
                    new BusBinding(Queues.Reports, $"{shard}.volume"),
                ],
                SingleActiveConsumer = true,
                Prefetch = AtOnce,
                Concurrency = AtOnce,
            });
        }

        return builder;
    }
}

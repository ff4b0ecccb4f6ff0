using System.Collections.Concurrent;
using Kontena.Contracts.Commands;
using Kontena.Contracts.Deploys;
using Kontena.Contracts.Messaging;
using Kontena.Hosting;
using Kontena.Hosting.Bus;
using Kontena.Hosting.DeadLetters;
using Kontena.Scheduler.Shards;
using Kontena.Scheduler.Tests.World;
using Kontena.State;
using Kontena.State.Documents;
using Kontena.Testing.RabbitMq;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Kontena.Scheduler.Tests.Shards;

/// <summary>A scheduler that has lost a grid, with the real broker: it alone decides who reads the shard.</summary>
public sealed class StepDownTests(RabbitMqBroker broker) : IClassFixture<RabbitMqBroker>
{
    [Fact(Timeout = 240_000)]
    public async Task What_a_scheduler_gives_back_is_delivered_again_and_answered()
    {
        var token = TestContext.Current.CancellationToken;
        var directory = Directory.CreateTempSubdirectory("kontena-scheduler-").FullName;
        var builder = KontenaApplicationBuilder.Create("scheduler", [$"--Kontena:DataDirectory={directory}"]);
        builder.Configuration["Kontena:Bus:RabbitMq"] = await broker.NewVirtualHostAsync(token);
        builder.AddScheduler();
        await using var application = builder.Build();
        var store = application.Services.GetRequiredService<IStateStore>();
        await store.CommitAsync(new CommitBatch(StateKeys.System).Put(StateKeys.Grid, Some.Grid(), 0), token);
        await store.CommitAsync(
            new CommitBatch("test-grid")
                .Put(StateKeys.Node, Some.Node(1), 0)
                .Put(StateKeys.NodeLiveness, Some.Online("node-1"), 0)
                .Put(StateKeys.Service, Some.Service() with { UpdatedAt = TimeProvider.System.GetUtcNow() }, 0),
            token);
        await application.StartAsync(token);
        await DeployAsync();

        await store.CommitAsync(
            new CommitBatch("test-grid").Put(
                StateKeys.SchedulerEpoch, new SchedulerEpoch { Holder = "another", TakenAt = TimeProvider.System.GetUtcNow() }, CommitBatch.AnyVersion),
            token);
        Assert.Equal(CommandOutcome.Done, (await DeployAsync()).Outcome);
        Assert.Equal(3, (await store.GetAsync(StateKeys.SchedulerEpoch, "test-grid", "epoch", token))!.Version);

        var letters = await application.Services.GetRequiredService<IDeadLetters>().ListAsync(10, [], token);
        Assert.DoesNotContain(letters, queue => queue.Count > 0);
        await application.StopAsync(CancellationToken.None);
        Directory.Delete(directory, recursive: true);

        async Task<CommandResult> DeployAsync() => await application.Services.GetRequiredService<IControlBus>()
            .AskAsync<DeployService, CommandResult>(
                Destination.Scheduler("test-grid"),
                new DeployService { Grid = "test-grid", Stack = "shop", Service = "web" },
                TimeSpan.FromSeconds(60), token);
    }

    [Fact(Timeout = 240_000)]
    public async Task The_broker_is_asked_who_reads_the_shard_instead_of_trying_again_inside()
    {
        var token = TestContext.Current.CancellationToken;
        var builder = KontenaApplicationBuilder.Create("scheduler", []);
        builder.Configuration["Kontena:Bus:RabbitMq"] = await broker.NewVirtualHostAsync(token);
        builder.Services.AddSingleton<GivesBack.Tries>();
        builder.AddControlEndpoint(new BusEndpoint(Queues.SchedulerShard(0)) { Consumers = [typeof(GivesBack)], SingleActiveConsumer = true });
        await using var application = builder.Build();
        await application.StartAsync(token);
        await application.Services.GetRequiredService<IControlBus>().AskAsync<DeployService, CommandResult>(
            Destination.Queue(Queues.SchedulerShard(0)),
            new DeployService { Grid = "test-grid", Stack = "shop", Service = "web" },
            TimeSpan.FromSeconds(60), token);
        Assert.Equal(
            [(false, 0), (true, 0), (true, 0)],
            application.Services.GetRequiredService<GivesBack.Tries>().Seen);
        await application.StopAsync(CancellationToken.None);
    }

    internal sealed class GivesBack(GivesBack.Tries tries) : IConsumer<DeployService>
    {
        public Task Consume(ConsumeContext<DeployService> context)
        {
            tries.Seen.Enqueue((context.ReceiveContext.Redelivered, context.GetRetryAttempt()));
            if (tries.Seen.Count == 3)
                return context.RespondAsync(CommandResult.Done());
            Assert.True(context.TryGiveBack());
            return Task.CompletedTask;
        }

        internal sealed class Tries
        {
            public ConcurrentQueue<(bool Redelivered, int Retry)> Seen { get; } = [];
        }
    }
}

using System.Collections.Concurrent;
using Kontena.Contracts.Commands;
using Kontena.Contracts.Deploys;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Messaging;
using Kontena.Hosting;
using Kontena.Hosting.Bus;
using Kontena.Scheduler.Tests.Shards;
using Kontena.Scheduler.Tests.World;
using Kontena.State;
using Kontena.State.Documents;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Kontena.Scheduler.Tests;

/// <summary>The module as processes run it: the real bus in memory, the embedded store, and a node that answers every order.</summary>
public sealed class SchedulerModuleTests
{
    [Fact]
    public async Task A_deploy_goes_over_the_bus_and_back()
    {
        var token = TestContext.Current.CancellationToken;
        var directory = Directory.CreateTempSubdirectory("kontena-scheduler-").FullName;
        var builder = KontenaApplicationBuilder.Create("scheduler", [$"--Kontena:DataDirectory={directory}"]);
        builder.AddScheduler().AddScheduler();
        builder.Services.AddSingleton<EagerNode.Ended>();
        builder.AddControlEndpoint(new BusEndpoint(Queues.Node("ID1")) { Consumers = [typeof(EagerNode)] });
        await using var application = builder.Build();

        var store = application.Services.GetRequiredService<IStateStore>();
        await store.CommitAsync(new CommitBatch(StateKeys.System).Put(StateKeys.Grid, Some.Grid(), 0), token);
        var service = Some.Service(spec: Some.Spec(20)) with { UpdatedAt = TimeProvider.System.GetUtcNow() };
        await store.CommitAsync(
            new CommitBatch("test-grid")
                .Put(StateKeys.Node, Some.Node(1), 0)
                .Put(StateKeys.NodeLiveness, Some.Online("node-1"), 0)
                .Put(StateKeys.Service, service, 0),
            token);
        await application.StartAsync(token);

        var bus = application.Services.GetRequiredService<IControlBus>();
        var answer = await bus.AskAsync<DeployService, CommandResult>(
            Destination.Scheduler("test-grid"),
            new DeployService { Grid = "test-grid", Stack = "shop", Service = "web" },
            TimeSpan.FromSeconds(30), token);
        Assert.Equal(CommandOutcome.Done, answer.Outcome);

        var deploy = await EndAsync(store, answer.CreatedId!, token);
        Assert.Equal((DeployState.Success, 20), (deploy.State, deploy.InstanceDeploys.Count));
        Assert.Equal(20, application.Services.GetRequiredService<EagerNode.Ended>().Instances.Count);

        var unknown = await bus.AskAsync<DeployService, CommandResult>(
            Destination.Scheduler("test-grid"),
            new DeployService { Grid = "test-grid", Stack = "shop", Service = "nobody" },
            TimeSpan.FromSeconds(30), token);
        Assert.Equal(CommandOutcome.NotFound, unknown.Outcome);

        await application.StopAsync(CancellationToken.None);
        Directory.Delete(directory, recursive: true);
    }

    private static async Task<ServiceDeploy> EndAsync(IStateStore store, string id, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60), TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        while (true)
        {
            var deploy = await store.GetAsync(StateKeys.ServiceDeploy, "test-grid", id, either.Token);
            if (deploy?.Value.FinishedAt is not null)
                return deploy.Value;
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, either.Token);
        }
    }

    internal sealed class EagerNode(IControlBus bus, EagerNode.Ended ended) : IConsumer<ApplyInstance>
    {
        public async Task Consume(ConsumeContext<ApplyInstance> context)
        {
            ended.Instances[context.Message.InstanceId] = true;
            await bus.SendAsync(Destination.Report("test-grid", "observed"), StoredGrid.Ready(context.Message), context.CancellationToken);
        }

        internal sealed class Ended
        {
            public ConcurrentDictionary<string, bool> Instances { get; } = new(StringComparer.Ordinal);
        }
    }
}

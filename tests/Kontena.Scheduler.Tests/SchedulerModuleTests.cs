using System.Collections.Concurrent;
using Kontena.Contracts.Commands;
using Kontena.Contracts.Deploys;
using Kontena.Contracts.Identity;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Messaging;
using Kontena.Core.Audit;
using Kontena.Hosting;
using Kontena.Hosting.Bus;
using Kontena.Scheduler.Audit;
using Kontena.Scheduler.Shards;
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
        var ann = new Caller { Id = "5a9f0b007d1e2a0001a1b2aa", Name = "ann@example.com", Kind = CallerKind.User, Address = "10.0.0.9" };
        var answer = await bus.AskAsync<DeployService, CommandResult>(
            Destination.Scheduler("test-grid"),
            new DeployService { Grid = "test-grid", Stack = "shop", Service = "web" },
            TimeSpan.FromSeconds(30), ann, token);
        Assert.Equal(CommandOutcome.Done, answer.Outcome);

        var deploy = await EndAsync(store, answer.CreatedId!, token);
        Assert.Equal((DeployState.Success, 20), (deploy.State, deploy.InstanceDeploys.Count));
        Assert.Equal(20, application.Services.GetRequiredService<EagerNode.Ended>().Instances.Count);

        var unknown = await bus.AskAsync<DeployService, CommandResult>(
            Destination.Scheduler("test-grid"),
            new DeployService { Grid = "test-grid", Stack = "shop", Service = "nobody" },
            TimeSpan.FromSeconds(30), ann, token);
        Assert.Equal(CommandOutcome.NotFound, unknown.Outcome);
        var restarted = await bus.AskAsync<RestartService, CommandResult>(
            Destination.Scheduler("test-grid"), new RestartService { Grid = "test-grid", Stack = "shop", Service = "web" }, TimeSpan.FromSeconds(30), token);
        Assert.Equal(CommandOutcome.Done, restarted.Outcome);

        // Written down in the commits that carried them out, with who asked; what is not there leaves nothing.
        var records = (await store.ListAsync(StateKeys.AuditRecord, "test-grid", token)).Select(one => one.Value).ToList();
        Assert.Equal(["deploy of web by ann@example.com", "restart of web by system"], records.Select(one => $"{one.Event} of {one.ResourceName} by {one.Caller.Name}"));
        Assert.All(records, record => Assert.Equal(service.Uid, record.ResourceId));
        var head = (await store.GetAsync(StateKeys.AuditHead, "test-grid", AuditTrail.Writer, token))!.Value;
        Assert.Null(AuditChain.Verify(head, records));
        Assert.Equal(2, head.CarriedOut.Distinct().Count());

        await application.StopAsync(CancellationToken.None);
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public void Every_command_to_the_scheduler_is_written_down()
    {
        var taken = typeof(DeployConsumer).GetInterfaces().Where(one => one.IsGenericType && one.GetGenericTypeDefinition() == typeof(IConsumer<>))
            .Select(one => one.GetGenericArguments()[0]).ToList();
        Assert.True(taken.Count >= 9);
        Assert.Equal([], taken.Where(type => !AuditedCommands.Has(type)).Select(type => type.Name));
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

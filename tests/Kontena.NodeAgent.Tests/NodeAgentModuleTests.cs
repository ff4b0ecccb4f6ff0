using System.Net;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Nodes;
using Kontena.Docker;
using Kontena.Hosting;
using Kontena.Hosting.Bus;
using Kontena.NodeAgent.Registration;
using Kontena.NodeAgent.Reports;
using Kontena.NodeAgent.Tests.Support;
using Kontena.Testing.Docker;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace Kontena.NodeAgent.Tests;

/// <summary>The whole agent as its process starts it, on the in-memory bus, with a grid-manager of three lines.</summary>
public sealed class NodeAgentModuleTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("kontena-agent-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task The_agent_joins_takes_an_order_reports_and_beats()
    {
        var engine = new FakeContainerEngine();
        engine.AddImage(TinyImages.Tiny1);
        await using var app = await StartAsync(engine);
        var said = app.Services.GetRequiredService<Said>();

        var join = await said.WaitForAsync<JoinGrid>(_ => true);
        await app.Services.GetRequiredService<IControlBus>().SendAsync(
            Destination.Node(join.NodeId), Some.Apply(Some.Spec()), TestContext.Current.CancellationToken);
        var ready = await said.WaitForAsync<InstanceObserved>(seen => seen.Ready);
        var beat = await said.WaitForAsync<NodeHeartbeat>(beat => beat.ObservedDigest == ObservedDigest.Of([ready]));
        await app.Services.GetRequiredService<IControlBus>().SendAsync(
            Destination.Node(join.NodeId), new SyncNode { Grid = "test" }, TestContext.Current.CancellationToken);
        var synced = await said.WaitForAsync<NodeSynced>(_ => true);

        Assert.Equal(("FAKE:ENGINE", "node-x", "secret"), (join.NodeId, join.Name, join.Token));
        Assert.Equal(["ssd", "zone=a"], join.Labels);
        Assert.Equal(3, join.Facts.Cpus);
        Assert.Equal("node-x", ready.Node);
        Assert.Equal(FactsHash.Of(join.Facts), beat.FactsHash);
        Assert.Equal(ready.Sequence, Assert.Single(synced.Instances).Sequence);
    }

    [Fact]
    public async Task Without_an_engine_the_process_runs_says_so_and_goes_on_when_it_comes()
    {
        var engine = new FakeContainerEngine();
        engine.Calls.Unreachable = true;
        await using var app = await StartAsync(engine);
        using var client = new HttpClient { BaseAddress = app.Url };

        using var early = await client.GetAsync("/readyz", TestContext.Current.CancellationToken);
        var reason = await early.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        engine.Calls.Unreachable = false;
        await app.Services.GetRequiredService<Said>().WaitForAsync<NodeHeartbeat>(_ => true);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, early.StatusCode);
        Assert.Contains("engine", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_agent_that_is_told_to_stop_says_last_that_it_goes()
    {
        await using var app = await StartAsync(new FakeContainerEngine());
        var said = app.Services.GetRequiredService<Said>();
        var beat = await said.WaitForAsync<NodeHeartbeat>(_ => true);
        // What the host does first of all, while the bus is still there.
        foreach (var service in app.Services.GetServices<IHostedService>().OfType<IHostedLifecycleService>())
            await service.StoppingAsync(TestContext.Current.CancellationToken);
        var last = await said.WaitForAsync<NodeHeartbeat>(one => one.Leaves);

        Assert.False(beat.Leaves);
        Assert.Equal(beat with { SentAt = last.SentAt, ObservedDigest = last.ObservedDigest, Leaves = true, Troubles = last.Troubles, MemoryPeaks = last.MemoryPeaks }, last);
        Assert.Same(last, said.Last<NodeHeartbeat>());
    }

    [Fact]
    public async Task A_heartbeat_that_is_never_confirmed_does_not_hold_up_the_next()
    {
        var bus = new FirstHeartbeatLost();
        await using var app = await StartAsync(new FakeContainerEngine(), bus: bus);
        await bus.Sent.WaitForAsync<JoinGrid>(_ => true);
        await app.Services.GetRequiredService<NodeMembership>().AcceptAsync(
            new NodeJoined { Grid = "test", Node = "node-x", Number = 1, GridSubnet = "10.81.0.0/16", NodeSubnet = "10.81.1.0/24" }, TestContext.Current.CancellationToken);
        await bus.Lost;
        await bus.Sent.WaitForAsync<NodeHeartbeat>(_ => true, seconds: 8);
    }

    [Fact]
    public async Task A_restarted_agent_runs_its_orders_without_the_control_plane()
    {
        var engine = new FakeContainerEngine();
        engine.AddImage(TinyImages.Tiny1);
        await using (var first = await StartAsync(engine))
        {
            var join = await first.Services.GetRequiredService<Said>().WaitForAsync<JoinGrid>(_ => true);
            await first.Services.GetRequiredService<IControlBus>().SendAsync(
                Destination.Node(join.NodeId), Some.Apply(Some.Spec()), TestContext.Current.CancellationToken);
            await first.Services.GetRequiredService<Said>().WaitForAsync<InstanceObserved>(seen => seen.Ready);
        }

        await engine.RemoveContainerAsync("shop.web-1", force: true, anonymousVolumes: false, TestContext.Current.CancellationToken);
        await using var second = await StartAsync(engine, answers: false);
        var again = await second.Services.GetRequiredService<Said>().WaitForAsync<InstanceObserved>(seen => seen.Ready);

        Assert.Equal(1, again.Generation);
        Assert.True(engine.Container("shop.web-1").Running);
        Assert.False(second.Services.GetRequiredService<NodeMembership>().ConfirmedNow);
    }

    [Fact]
    public async Task A_restarted_agent_answers_for_its_instances_only_when_it_has_seen_each()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var engine = new FakeContainerEngine();
        engine.AddImage(TinyImages.Tiny1);
        await using (var first = await StartAsync(engine))
        {
            var join = await first.Services.GetRequiredService<Said>().WaitForAsync<JoinGrid>(_ => true);
            await first.Services.GetRequiredService<IControlBus>().SendAsync(Destination.Node(join.NodeId), Some.Apply(Some.Spec()), cancellation);
            await first.Services.GetRequiredService<Said>().WaitForAsync<InstanceObserved>(seen => seen.Ready);
        }

        var slow = engine.Calls.Hold("InspectContainer");
        await using var second = await StartAsync(engine);
        var said = second.Services.GetRequiredService<Said>();
        await slow.Entered;
        var sync = second.Services.GetRequiredService<SyncReporter>();
        var beat = await said.WaitForAsync<NodeHeartbeat>(_ => true);
        await sync.SendAsync(cancellation);
        slow.Open();
        var ready = await said.WaitForAsync<InstanceObserved>(seen => seen.Ready);
        await said.WaitForAsync<NodeHeartbeat>(later => later.ObservedDigest == ObservedDigest.Of([ready]));
        await sync.SendAsync(cancellation);
        var synced = await said.WaitForAsync<NodeSynced>(_ => true);

        Assert.Equal("", beat.ObservedDigest);
        Assert.Equal(ready.InstanceId, Assert.Single(synced.Instances).InstanceId);
    }

    [Fact]
    public async Task A_refused_agent_says_why()
    {
        await using var app = await StartAsync(new FakeContainerEngine(), refuses: true);
        using var client = new HttpClient { BaseAddress = app.Url };
        var membership = app.Services.GetRequiredService<NodeMembership>();
        await app.Services.GetRequiredService<Said>().WaitForAsync<JoinGrid>(_ => true);
        var body = "";
        for (var tries = 0; tries < 100 && !body.Contains("wrong token", StringComparison.Ordinal); tries++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, TestContext.Current.CancellationToken);
            using var ready = await client.GetAsync("/readyz", TestContext.Current.CancellationToken);
            body = await ready.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        }

        Assert.Contains("wrong token", body, StringComparison.Ordinal);
        Assert.Equal("wrong token", membership.Refusal);
    }

    [Fact]
    public async Task An_older_grid_manager_answers_on_the_nodes_own_queue_and_is_heard()
    {
        await using var app = await StartAsync(new FakeContainerEngine(), older: true);
        await app.Services.GetRequiredService<Said>().WaitForAsync<NodeHeartbeat>(beat => beat.Node == "node-x");
        Assert.True(app.Services.GetRequiredService<NodeMembership>().ConfirmedNow);
    }

    [Fact]
    public async Task A_copy_of_a_node_says_nothing_in_its_name_and_takes_none_of_its_orders_until_it_may()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var engine = new FakeContainerEngine();
        engine.AddImage(TinyImages.Tiny1);
        await using var app = await StartAsync(engine);
        var (said, bus) = (app.Services.GetRequiredService<Said>(), app.Services.GetRequiredService<IControlBus>());
        var beat = await said.WaitForAsync<NodeHeartbeat>(_ => true);
        var join = await said.WaitForAsync<JoinGrid>(_ => true);
        Assert.Equal(join.Run, beat.Run);
        Assert.Equal(join.Key, await AgentKey.ReadOrMakeAsync(Path.Combine(_directory, "agent"), cancellation));

        said.Silent = true;
        said.Forget();
        await bus.SendAsync(Destination.Queue(Queues.NodeJoin(join.NodeId, join.Run!)),
            new JoinRefused { Reason = "not this process", Run = "another", Duplicate = true }, cancellation);
        await bus.SendAsync(Destination.Queue(Queues.NodeJoin(join.NodeId, join.Run!)),
            new JoinRefused { Reason = "a copy", Run = join.Run, Duplicate = true }, cancellation);
        // It asks again as one that was refused; by then it has left the node's queue.
        await said.WaitForAsync<JoinGrid>(_ => app.Services.GetRequiredService<NodeMembership>().Refusal == "a copy");
        Assert.Null(app.Services.GetRequiredService<NodeMembership>().Current);
        said.Forget();
        await bus.SendAsync(Destination.Node(join.NodeId), Some.Apply(Some.Spec()), cancellation);

        said.Silent = false;
        await said.WaitForAsync<JoinGrid>(_ => true);
        Assert.Empty(engine.Containers);
        await said.WaitForAsync<NodeHeartbeat>(_ => true);
        // The queue is opened again beside the beats; until it is, an order is lost and given again.
        var ready = said.WaitForAsync<InstanceObserved>(seen => seen is { Ready: true, Generation: 2 });
        while (!ready.IsCompleted)
        {
            await bus.SendAsync(Destination.Node(join.NodeId), Some.Apply(Some.Spec(), generation: 2), cancellation);
            var last = said.Last<NodeHeartbeat>().SentAt;
            await Task.WhenAny(ready, said.WaitForAsync<NodeHeartbeat>(later => later.SentAt > last));
        }

        await ready;
    }

    private async Task<Running> StartAsync(FakeContainerEngine engine, bool answers = true, bool refuses = false, bool older = false, IControlBus? bus = null)
    {
        var builder = KontenaApplicationBuilder.Create("node-agent", []);
        builder.Configuration["Kontena:DataDirectory"] = _directory;
        builder.Configuration["Kontena:Agent:Name"] = "node-x";
        builder.Configuration["Kontena:Agent:Token"] = "secret";
        builder.Configuration["Kontena:Agent:Labels"] = "ssd, zone=a";
        builder.Configuration["Kontena:Agent:Cpus"] = "3";
        builder.Services.AddSingleton<IContainerEngine>(engine);
        builder.Services.AddSingleton(new Said { Answers = answers, Refuses = refuses, Older = older });
        if (bus is not null)
            builder.Services.AddSingleton(bus);
        builder.AddNodeAgent();
        builder.AddControlEndpoint(new BusEndpoint("test-reports")
        {
            Consumers = [typeof(Ears)],
            Bindings = [new BusBinding(Queues.Reports, "#")],
        });
        var app = builder.Build();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new Running(app);
    }

    /// <summary>A process that is told to stop before it is taken apart.</summary>
    private sealed class Running(WebApplication app) : IAsyncDisposable
    {
        public IServiceProvider Services => app.Services;

        public Uri Url => new(app.Urls.First());

        public async ValueTask DisposeAsync()
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }
    }

    /// <summary>What the agent said.</summary>
    internal sealed class Said
    {
        private readonly RecordingBus _bus = new();

        public bool Answers { get; init; }
        public bool Refuses { get; init; }

        /// <summary>The version before: it answers on the node's own queue only.</summary>
        public bool Older { get; init; }

        public volatile bool Silent;

        public void Forget() => _bus.Forget();

        public T Last<T>() => _bus.Of<T>()[^1];

        public Task AddAsync(object message) => _bus.SendAsync(Destination.NodeData, message, CancellationToken.None);

        public Task<T> WaitForAsync<T>(Func<T, bool> fits) => _bus.WaitForAsync(fits);
    }

    /// <summary>Takes everything, but for the first heartbeat, which it never confirms.</summary>
    private sealed class FirstHeartbeatLost : IControlBus
    {
        private readonly TaskCompletionSource _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public RecordingBus Sent { get; } = new();

        public Task Lost => _lost.Task;

        public Task SendAsync(Destination destination, object message, CancellationToken cancellationToken) =>
            message is NodeHeartbeat && _lost.TrySetResult() ? Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken) : Sent.SendAsync(destination, message, cancellationToken);

        public Task<TReply> AskAsync<TRequest, TReply>(Destination destination, TRequest request, TimeSpan timeout, CancellationToken cancellationToken)
            where TRequest : class
            where TReply : class => Sent.AskAsync<TRequest, TReply>(destination, request, timeout, cancellationToken);
    }

    internal sealed class Ears(Said said, IControlBus bus)
        : IConsumer<JoinGrid>, IConsumer<NodeHeartbeat>, IConsumer<InstanceObserved>, IConsumer<NodeSynced>, IConsumer<NodeFactsReport>
    {
        public async Task Consume(ConsumeContext<JoinGrid> context)
        {
            await said.AddAsync(context.Message);
            if (!said.Answers || said.Silent)
                return;
            object answer = said.Refuses
                ? new JoinRefused { Reason = "wrong token" }
                : new NodeJoined { Grid = "test", Node = context.Message.Name, Number = 1, GridSubnet = "10.81.0.0/16", NodeSubnet = "10.81.1.0/24" };
            var to = said.Older ? Destination.Node(context.Message.NodeId) : Destination.Queue(Queues.NodeJoin(context.Message.NodeId, context.Message.Run!));
            await bus.SendAsync(to, answer, context.CancellationToken);
        }

        public Task Consume(ConsumeContext<NodeHeartbeat> context) => said.AddAsync(context.Message);

        public Task Consume(ConsumeContext<InstanceObserved> context) => said.AddAsync(context.Message);

        public Task Consume(ConsumeContext<NodeSynced> context) => said.AddAsync(context.Message);

        public Task Consume(ConsumeContext<NodeFactsReport> context) => said.AddAsync(context.Message);
    }
}

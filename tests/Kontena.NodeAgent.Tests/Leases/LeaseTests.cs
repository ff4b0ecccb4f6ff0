using Kontena.Contracts.Instances;
using Kontena.NodeAgent.Leases;
using Kontena.NodeAgent.Orders;
using Kontena.NodeAgent.Tests.Support;
using Kontena.Testing;
using Kontena.Testing.Docker;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Kontena.NodeAgent.Tests.Leases;

public sealed class LeaseTests : IDisposable
{
    private static readonly InstanceSpec Leased = Some.Spec("db") with { Stateful = true, Lease = 60 };
    private readonly string _directory = Directory.CreateTempSubdirectory("kontena-lease-").FullName;
    private readonly TestClock _clock = new();

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private (LeaseBook Leases, OrderBook Orders) Open()
    {
        var options = new NodeAgentOptions { DataDirectory = _directory };
        var orders = new OrderBook(options, _clock, NullLogger<OrderBook>.Instance);
        return (new LeaseBook(options, orders, _clock, NullLogger<LeaseBook>.Instance), orders);
    }

    private static LeaseRenewed Answer(DateTimeOffset sentAt) => new() { Grid = "test", HeartbeatSentAt = sentAt, InstanceIds = [Some.Id(1)] };

    private static async Task<InstanceOrder> OrderAsync(OrderBook orders, InstanceSpec spec)
    {
        await orders.TakeAsync(Some.Apply(spec, 1, DesiredState.Running, null), CancellationToken.None);
        return orders.Find(Some.Id(1))!;
    }

    [Fact]
    public async Task A_lease_counts_from_the_heartbeat_not_from_its_answer()
    {
        var (leases, orders) = Open();
        var order = await OrderAsync(orders, Leased);
        var sentAt = _clock.GetUtcNow();
        leases.Beat(sentAt);
        _clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(TimeSpan.Zero, leases.Left(order));
        await leases.TakeAsync(Answer(sentAt), CancellationToken.None);
        Assert.Equal(TimeSpan.FromSeconds(40), leases.Left(order));
        _clock.Advance(TimeSpan.FromSeconds(41));
        Assert.Equal(TimeSpan.Zero, leases.Left(order));
    }

    [Fact]
    public async Task An_answer_to_a_heartbeat_that_was_not_sent_renews_nothing()
    {
        var (leases, orders) = Open();
        var order = await OrderAsync(orders, Leased);
        leases.Beat(_clock.GetUtcNow());
        await leases.TakeAsync(Answer(_clock.GetUtcNow().AddSeconds(1)), CancellationToken.None);
        Assert.Equal(TimeSpan.Zero, leases.Left(order));
    }

    [Fact]
    public async Task Without_a_lease_an_instance_runs_whatever_happens() // law 4
    {
        var (leases, orders) = Open();
        Assert.Null(leases.Left(await OrderAsync(orders, Leased with { Lease = null })));
    }

    [Fact]
    public async Task A_restarted_agent_goes_on_with_what_is_left()
    {
        var (leases, orders) = Open();
        await OrderAsync(orders, Leased);
        var sentAt = _clock.GetUtcNow();
        leases.Beat(sentAt);
        await leases.TakeAsync(Answer(sentAt), CancellationToken.None);
        _clock.Advance(TimeSpan.FromSeconds(25));
        var (again, reread) = Open();
        Assert.Equal(35, again.Left(reread.Find(Some.Id(1)))!.Value.TotalSeconds, 0.1);
    }

    [Fact]
    public async Task A_container_waits_for_its_lease_runs_and_is_stopped_when_it_is_over()
    {
        var engine = new FakeContainerEngine();
        engine.AddImage(TinyImages.Tiny1);
        await using var agent = await AgentHarness.StartAsync(engine);
        await agent.ApplyAsync(Leased with { Lease = 3 });
        await agent.ObserveAsync(seen => seen.Generation == 1);
        Assert.Empty(await engine.ListContainersAsync([], CancellationToken.None));

        var sentAt = TimeProvider.System.GetUtcNow();
        agent.Leases.Beat(sentAt);
        await agent.Leases.TakeAsync(Answer(sentAt), CancellationToken.None);
        await agent.ReadyAsync(1);
        agent.Bus.Forget();
        await agent.ObserveAsync(seen => !seen.Ready && seen.Generation == 1);
        await agent.ObserveAsync(seen => seen.State is ObservedState.Starting or ObservedState.Restarting or ObservedState.Stopped);
        var container = Assert.Single(await engine.ListContainersAsync([], CancellationToken.None));
        Assert.NotEqual("running", container.State);

        agent.Bus.Forget();
        sentAt = TimeProvider.System.GetUtcNow();
        agent.Leases.Beat(sentAt);
        await agent.Leases.TakeAsync(Answer(sentAt), CancellationToken.None);
        var back = await agent.ReadyAsync(1);
        Assert.Equal((container.Id, 0), (back.ContainerId, back.Restarts));
    }
}

using Kontena.Contracts.Deploys;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Nodes;
using Kontena.Scheduler.Tests.World;

namespace Kontena.Scheduler.Tests.Leases;

/// <summary>One writer where it matters: a node that hears nothing stops, and nobody starts another before that (decision 0021).</summary>
public sealed class LeaseTests
{
    private static GridWorld Deployed(int? lease)
    {
        var world = new GridWorld(nodes: 2);
        world.Put(Some.Service("db", Some.Spec() with { Stateful = true, StopAfterDisconnect = lease }));
        world.Finish(world.Deploy("db"));
        return world;
    }

    private static IReadOnlyList<LeaseRenewed> Renewals(GridWorld world) => [.. world.Sent.Select(one => one.Message).OfType<LeaseRenewed>()];

    [Fact]
    public void Heartbeats_renew_leases_three_times_per_lease()
    {
        var world = Deployed(lease: 60);
        world.Sent.Clear();
        world.Run(120);
        Assert.InRange(Renewals(world).Count, 5, 7);
        Assert.All(Renewals(world), one => Assert.Equal([world.Instances[0].Id], one.InstanceIds));
    }

    [Fact]
    public void Without_a_lease_nothing_is_renewed()
    {
        var world = Deployed(lease: null);
        world.Run(120);
        Assert.Empty(Renewals(world));
        Assert.Null(world.Instances[0].Spec!.Lease);
    }

    [Fact]
    public void Another_starts_only_when_the_lease_is_over()
    {
        var world = Deployed(lease: 60);
        world.RemoveNode("node-1");
        var accepted = world.Now;
        var deploy = world.Deploy("db", acceptDataLoss: true);
        world.Run(4);
        Assert.Equal(DeployState.Ongoing, world.Of(deploy).State);
        Assert.Contains("waiting until node-1 must have stopped shop.db-1", world.Of(deploy).Reason, StringComparison.Ordinal);
        world.Until(() => world["node-2"].Containers.Any(), "it is started elsewhere", 200);
        // The lease, the grace to stop in, and a margin.
        Assert.InRange((world.Now - accepted).TotalSeconds, 60 + 10 + 15, 60 + 10 + 40);
        Assert.Equal(DeployState.Success, world.Finish(deploy).State);
    }

    [Fact]
    public void A_lease_that_was_given_up_is_not_renewed_though_the_node_returns()
    {
        var world = Deployed(lease: 60);
        world.RemoveNode("node-1");
        world.Deploy("db", acceptDataLoss: true);
        world.Sent.Clear();
        world.Join(Some.Node(1) with { Availability = NodeAvailability.Drain });
        world.Run(30);
        Assert.DoesNotContain(world.Sent, one => one.Message is LeaseRenewed && one.Destination == Destination.Node("ID1"));
        Assert.Empty(world["node-1"].Containers);
    }
}

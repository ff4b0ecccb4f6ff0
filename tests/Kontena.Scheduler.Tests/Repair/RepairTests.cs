using Kontena.Contracts.Deploys;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Services;
using Kontena.Scheduler.Shards;
using Kontena.Scheduler.Tests.World;

namespace Kontena.Scheduler.Tests.Repair;

public sealed class RepairTests
{
    [Fact]
    public void A_change_without_a_deploy_is_rolled_out_for_stateless_and_not_for_stateful() // runtime.md §2.2
    {
        var world = new GridWorld(nodes: 1);
        world.Put(Some.Service());
        world.Put(Some.Service("db", Some.Spec() with { Stateful = true }));
        world.Finish(world.Deploy());
        world.Finish(world.Deploy("db"));
        world.Change("web", one => one with { Revision = 2 });
        world.Change("db", one => one with { Revision = 2 });
        world.Run(60);
        Assert.Equal([1, 2], world["node-1"].Containers.OrderBy(one => one.Spec!.Service).Select(one => one.Revision!.Value));
        Assert.Equal(2, world.Snapshot.ServiceDeploys.Values.Count(one => one.Service == "web"));
    }

    [Fact]
    public void A_stateful_service_that_is_started_before_its_first_deploy_runs()
    {
        var world = new GridWorld(nodes: 1);
        world.Put(Some.Service(spec: Some.Spec() with { Stateful = true }) with { State = ServiceState.Initialized });
        world.Run(30);
        Assert.Empty(world.Instances);
        world.Change("web", one => one with { State = ServiceState.Running });
        world.Run(30);
        Assert.Single(world["node-1"].Containers);
    }

    [Fact]
    public void An_instance_that_was_expelled_from_a_node_can_come_back_to_it()
    {
        var world = new GridWorld(nodes: 2);
        world.Put(Some.Service());
        world.Finish(world.Deploy());
        var instance = Assert.Single(world.Instances);
        var other = world["node-1"].Containers.Any() ? "node-2" : "node-1";

        // A report that was long on its way: it is told to remove what it had, with a number above what it has seen.
        world[other].Plant(instance.Id, instance.Spec!, instance.Generation + 3);
        world.Run(10);
        Assert.Empty(world[other].Containers);
        world.Lose(world.Instances[0].Node!);
        world.Until(() => world[other].Containers.Any(one => one.Ready), "the order to run there is newer than the one to go", 300);
    }

    [Fact]
    public void A_node_that_lost_its_orders_gets_them_again()
    {
        var world = new GridWorld(nodes: 1);
        world.Put(Some.Service());
        world.Finish(world.Deploy());
        var instance = Assert.Single(world.Instances);

        world["node-1"].Plant(instance.Id, instance.Spec!, generation: 0);
        world.Run(10);
        Assert.Equal(instance.Generation, Assert.Single(world["node-1"].Containers).Generation);
    }

    [Fact]
    public void An_order_that_was_lost_under_a_clock_that_is_ahead_is_repeated_by_the_next_scheduler_at_once()
    {
        var world = new GridWorld(nodes: 2);
        world.Put(Some.Service());
        world.Finish(world.Deploy());
        var instance = Assert.Single(world.Instances);
        var other = instance.Node == "node-1" ? "node-2" : "node-1";
        world[other].Plant(instance.Id, instance.Spec!, instance.Generation);
        var departed = instance with
        {
            Departures = [new Departure(other, other == "node-1" ? "ID1" : "ID2", instance.Generation, world.Now.AddMinutes(5))],
        };
        world.Snapshot = world.Snapshot with
        {
            Instances = world.Snapshot.Instances.Reread(instance.Id, new Kontena.State.Documents.Versioned<Instance>(departed, 9)),
        };
        world.RestartScheduler();
        world.Run(12);
        Assert.Empty(world[other].Containers);
    }

    [Fact]
    public void A_change_by_a_clock_that_is_ahead_is_rolled_out_at_once_and_failures_after_it_count()
    {
        var world = new GridWorld(nodes: 1);
        world.Put(Some.Service(spec: Some.Spec(2) with { Image = "bad:1", MinHealth = 1 }));
        world.Finish(world.Deploy());
        var changed = world.Change("web", one => one with { Spec = one.Spec with { Instances = 100 } }) with { UpdatedAt = world.Now.AddMinutes(5) };
        world.Snapshot = world.Snapshot with
        {
            Services = world.Snapshot.Services.Reread("shop/web", new Kontena.State.Documents.Versioned<Service>(changed, 3)),
        };
        world.Run(20);
        Assert.Equal(2, world.Snapshot.ServiceDeploys.Values.Count());
        world.Run(220);
        Assert.InRange(world.Snapshot.ServiceDeploys.Values.Count(), 3, 7);
    }

    [Fact]
    public void A_service_that_cannot_be_placed_is_one_condition_until_a_node_fits() // runtime.md §2.2 [BUG]
    {
        var world = new GridWorld(nodes: 1);
        world.Put(Some.Service(spec: Some.Spec() with { Affinity = ["label==gpu"] }));
        world.Run(3600);
        var only = Assert.Single(world.Snapshot.ServiceDeploys.Values);
        Assert.True(only is { State: DeployState.Error, Unplaceable: true, Automatic: true });
        world.Put(Some.Node(1, "gpu"));
        world.Until(() => world["node-1"].Containers.Any(), "it is placed as soon as a node fits", 10);
    }

    [Fact]
    public void Automatic_attempts_that_fail_come_ever_more_seldom()
    {
        var world = new GridWorld(nodes: 1);
        world.Put(Some.Service(spec: Some.Spec(2) with { Image = "bad:1", MinHealth = 1 }));
        world.Finish(world.Deploy());
        world.Change("web", one => one with { Spec = one.Spec with { Instances = 100 } });
        world.Run(3600);
        Assert.InRange(world.Snapshot.ServiceDeploys.Values.Count(), 2, 14);
    }

    [Fact]
    public void An_order_that_got_lost_is_sent_again_and_again_less_often()
    {
        var world = new GridWorld(nodes: 1);
        world.Put(Some.Service());
        world.Deploy();
        world["node-1"].Inbox.Clear();
        world.Until(() => world["node-1"].Containers.Any(), "the order is repeated", 20);

        var silent = new GridWorld(nodes: 1);
        silent.Put(Some.Service());
        silent["node-1"].IsConnected = false;
        silent.Deploy();
        silent.Run(280);
        Assert.InRange(silent.Sent.Count(one => one.Message is ApplyInstance), 4, 10);
    }

    [Fact]
    public void A_digest_that_differs_makes_the_node_say_everything_again()
    {
        var world = new GridWorld(nodes: 1);
        world.Put(Some.Service());
        world.Finish(world.Deploy());
        world.Snapshot = world.Snapshot with { Observed = world.Snapshot.Observed.Reread($"node-1/{world.Instances[0].Id}", null) };
        world.Until(() => world.Snapshot.Observed.Values.Any(one => one.Ready), "it is observed again", 20);
        Assert.Single(world.Sent, one => one.Message is SyncNode);
    }

    [Fact]
    public void A_node_that_lost_its_notes_is_told_again()
    {
        var world = new GridWorld(nodes: 1);
        world.Put(Some.Service(spec: Some.Spec(3)));
        world.Finish(world.Deploy());
        world["node-1"].Wipe();
        world.Until(() => world["node-1"].Containers.Count() == 3, "all three run again", 30);
        Assert.Single(world.Snapshot.ServiceDeploys.Values);
    }

    [Fact]
    public void A_container_of_a_known_instance_in_the_wrong_place_is_removed_and_an_unknown_one_left_alone()
    {
        var world = new GridWorld(nodes: 2);
        world.Put(Some.Service());
        world.Finish(world.Deploy());
        var instance = world.Instances[0];
        world["node-2"].Plant(instance.Id, instance.Spec!, instance.Generation);
        world["node-2"].Plant("0000000000000000000000ff", instance.Spec! with { Name = "stranger-1" }, 7);
        world.Until(() => world["node-2"].Containers.Count() == 1, "the double is removed", 30);
        Assert.Equal("stranger-1", world["node-2"].Containers.Single().Spec!.Name);
        Assert.Contains(world.Notes, note => note.Contains("left alone", StringComparison.Ordinal));
        Assert.Single(world["node-1"].Containers);
    }

    [Fact]
    public void Generations_go_on_above_what_a_node_has_seen()
    {
        var world = new GridWorld(nodes: 1);
        world.Put(Some.Service());
        world.Finish(world.Deploy());
        world["node-1"].Plant(world.Instances[0].Id, world.Instances[0].Spec!, 50);
        world.Until(() => world.Instances[0].Generation > 50, "the generation is raised", 30);
    }

    [Fact]
    public void Late_news_is_dropped()
    {
        var world = new GridWorld(nodes: 1);
        world.Put(Some.Service());
        world.Finish(world.Deploy());
        var now = world.Snapshot.Observed.Values.Single();
        world.Apply(new GridInput.Report(now with { Sequence = now.Sequence - 1, Ready = false }));
        Assert.True(world.Snapshot.Observed.Values.Single().Ready);
        world.Apply(new GridInput.Report(now with { Sequence = now.Sequence + 1, NodeId = "IMPOSTOR", Ready = false }));
        Assert.True(world.Snapshot.Observed.Values.Single().Ready);
    }

    [Fact]
    public void A_stopped_service_starts_again_without_a_deploy()
    {
        var world = new GridWorld(nodes: 1);
        world.Put(Some.Service(spec: Some.Spec(2)));
        world.Finish(world.Deploy());
        world.Change("web", one => one with { State = ServiceState.Stopped });
        world.Until(() => !world["node-1"].Containers.Any(), "it stops", 10);
        world.Change("web", one => one with { State = ServiceState.Running });
        world.Until(() => world["node-1"].Containers.Count() == 2, "it starts", 15);
        Assert.Single(world.Snapshot.ServiceDeploys.Values);
    }

    [Fact]
    public void A_removed_service_is_torn_down_and_said_so_once_nothing_is_left()
    {
        var world = new GridWorld(nodes: 2);
        var service = world.Put(Some.Service(spec: Some.Spec(4)));
        world.Finish(world.Deploy());
        world.Put(service with { RemovedAt = world.Now });
        world.Apply(new GridInput.Sweep());
        Assert.DoesNotContain(world.Sent, one => one.Message is ServiceTornDown);
        world.Until(() => world.Sent.Any(one => one.Message is ServiceTornDown), "it is torn down", 10);
        Assert.All(world.Nodes, node => Assert.Empty(node.Containers));
        Assert.Empty(world.Instances);
        Assert.Empty(world.Snapshot.ServiceDeploys.Values);
    }

    [Fact]
    public void A_service_that_is_merely_not_there_is_no_order_to_remove_anything() // design law 5
    {
        var world = new GridWorld(nodes: 1);
        var service = world.Put(Some.Service());
        world.Finish(world.Deploy());
        world.Forget(service);
        world.Run(60);
        Assert.Single(world["node-1"].Containers);
    }

    [Fact]
    public void Restart_tells_every_placed_instance_and_changes_nothing_else()
    {
        var world = new GridWorld(nodes: 2);
        world.Put(Some.Service(spec: Some.Spec(4)));
        world.Finish(world.Deploy());
        var before = world.Instances;
        world.Apply(new GridInput.Restart(new RestartService { Grid = "test-grid", Stack = "shop", Service = "web" }));
        world.Tick();
        Assert.Equal(4, world.Nodes.Sum(node => node.Restarts));
        Assert.Equal(before, world.Instances);
    }

    [Fact]
    public void A_quiet_grid_decides_nothing()
    {
        var world = new GridWorld(nodes: 3);
        world.Put(Some.Service(spec: Some.Spec(5)));
        world.Put(Some.Service("lb", Some.Spec() with { Strategy = "daemon" }));
        world.Finish(world.Deploy());
        world.Finish(world.Deploy("lb"));
        world.Run(10);
        var (sent, snapshot) = (world.Sent.Count, world.Snapshot);
        world.RestartScheduler();
        world.Run(600);
        Assert.Equal(sent, world.Sent.Count);
        Assert.Same(snapshot.Instances, world.Snapshot.Instances);
        Assert.Same(snapshot.ServiceDeploys, world.Snapshot.ServiceDeploys);
    }

    [Fact]
    public void A_deploy_interval_asks_for_a_new_revision_once()
    {
        var world = new GridWorld(nodes: 1);
        world.Put(Some.Service(spec: Some.Spec() with { DeployInterval = 600 }));
        world.Finish(world.Deploy());
        world.Run(500);
        Assert.DoesNotContain(world.Sent, one => one.Message is SetServiceState);
        world.Run(200);
        Assert.Single(world.Sent, one => one.Message is SetServiceState { BumpRevision: true });
    }

    [Fact]
    public void A_correction_touches_only_what_lags()
    {
        var world = new GridWorld(nodes: 2);
        world.Put(Some.Service(spec: Some.Spec() with { Strategy = "daemon" }));
        world.Finish(world.Deploy());
        var before = world.Instances;
        world.Add(Some.Node(3));
        world.Until(() => world["node-3"].Containers.Any(), "the new node gets its instance", 20);
        world.Run(10);
        Assert.Equal(before, world.Instances.Take(2));
        var correction = world.Snapshot.ServiceDeploys.Values.Single(one => one.Automatic);
        Assert.Equal((DeployState.Success, 3, 1), (correction.State, correction.InstanceCount, correction.InstanceDeploys.Count));
    }
}

using Kontena.Contracts.Commands;
using Kontena.Contracts.Deploys;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;
using Kontena.Scheduler.Deploys;
using Kontena.Scheduler.Shards;
using Kontena.Scheduler.Tests.World;

namespace Kontena.Scheduler.Tests.Deploys;

public sealed class ServiceDeployTests
{
    [Fact]
    public void A_first_deploy_orders_everything_in_one_commit()
    {
        var world = new GridWorld(nodes: 1);
        world.Put(Some.Service(spec: Some.Spec(50)));
        var id = world.Deploy();
        Assert.Equal(50, world.Sent.Count(one => one.Message is ApplyInstance));
        Assert.Equal(DeployState.Ongoing, world.Of(id).State);
        var ended = world.Finish(id);
        Assert.Equal(DeployState.Success, ended.State);
        Assert.Equal(50, ended.InstanceDeploys.Count);
        Assert.Equal(Enumerable.Range(1, 50), world.Instances.Select(one => one.Number));
        Assert.All(ended.InstanceDeploys, one => Assert.Equal((DeployState.Success, "node-1"), (one.State, one.Node)));
    }

    [Fact]
    public void A_failed_instance_halts_the_deploy_with_its_cause()
    {
        var world = new GridWorld(nodes: 1);
        world.Put(Some.Service(spec: Some.Spec(5)));
        Assert.Equal(DeployState.Success, world.Finish(world.Deploy()).State);
        world.Change("web", one => one with { Revision = 2, Spec = one.Spec with { Image = "bad:1" } });
        var ended = world.Finish(world.Deploy());
        Assert.Equal(DeployState.Error, ended.State);
        Assert.StartsWith("halting deploy of test-grid/shop/web, one or more instances failed", ended.Reason, StringComparison.Ordinal);
        Assert.Contains("container exited with code 3: boom", ended.Reason, StringComparison.Ordinal);
        var failed = Assert.Single(ended.InstanceDeploys);
        Assert.StartsWith("GridServiceInstanceDeployer::ServiceError: container exited with code 3", failed.Error, StringComparison.Ordinal);
        Assert.Equal(4, world["node-1"].Containers.Count(one => one.Revision == 1));
    }

    [Fact]
    public void Rolling_never_drops_below_min_health()
    {
        var world = new GridWorld(nodes: 3);
        world.Put(Some.Service(spec: Some.Spec(10)));
        world.Finish(world.Deploy());
        var least = 10;
        world.Laws.Add(() => least = Math.Min(least, world.Nodes.Sum(node => node.Containers.Count(one => one.Ready))));
        world.Change("web", one => one with { Revision = 2 });
        Assert.Equal(DeployState.Success, world.Finish(world.Deploy()).State);
        Assert.Equal(8, least);
        Assert.All(world.Nodes.SelectMany(node => node.Containers), one => Assert.Equal(2, one.Revision));
    }

    [Fact]
    public void Instances_that_serve_nobody_are_replaced_without_asking_min_health()
    {
        var world = new GridWorld(nodes: 1);
        world.Put(Some.Service(spec: Some.Spec(3) with { Image = "bad:1" }));
        Assert.Equal(DeployState.Error, world.Finish(world.Deploy()).State);
        world.Change("web", one => one with { Revision = 2, Spec = one.Spec with { Image = "good:1" } });
        var id = world.Deploy();
        Assert.Equal(3, world.Of(id).InstanceDeploys.Count);
        Assert.Equal(DeployState.Success, world.Finish(id).State);
    }

    [Fact]
    public void Placement_is_refused_with_the_explanation_and_nothing_is_touched()
    {
        var world = new GridWorld(nodes: 1);
        world.Put(Some.Service(spec: Some.Spec() with { Affinity = ["label==gpu"] }));
        var ended = world.Finish(world.Deploy());
        Assert.Equal(DeployState.Error, ended.State);
        Assert.Contains("of 1 node 1 failing label==gpu", ended.Reason, StringComparison.Ordinal);
        Assert.Empty(world.Instances);
    }

    [Fact]
    public void A_service_that_is_not_running_ends_its_deploy_without_a_start()
    {
        var world = new GridWorld(nodes: 1);
        world.Put(Some.Service() with { State = ServiceState.Stopped });
        var ended = world.Of(world.Deploy());
        Assert.Equal((DeployState.Error, "service is not running"), (ended.State, ended.Reason));
        Assert.Null(ended.StartedAt);
        Assert.NotNull(ended.FinishedAt);
    }

    [Fact]
    public void Stopping_the_service_ends_its_deploy_and_its_instances()
    {
        var world = new GridWorld(nodes: 1);
        world.Put(Some.Service(spec: Some.Spec(2) with { Image = "never:1" }));
        var id = world.Deploy();
        world.Run(3);
        world.Change("web", one => one with { State = ServiceState.Stopped });
        world.Tick();
        world.Tick();
        Assert.Equal("service is not running", world.Of(id).Reason);
        Assert.All(world.Instances, one => Assert.Equal(DesiredState.Stopped, one.Desired));
    }

    [Fact]
    public void An_instance_that_never_gets_ready_fails_at_its_deadline()
    {
        var world = new GridWorld(nodes: 1);
        world.Put(Some.Service(spec: Some.Spec() with { Image = "never:1" }));
        var ended = world.Finish(world.Deploy());
        Assert.Contains("node-1 last reported it starting", ended.Reason, StringComparison.Ordinal);
        Assert.InRange((ended.FinishedAt - ended.CreatedAt)!.Value.TotalSeconds, 300, 330);
    }

    [Fact]
    public void The_agents_wait_for_a_check_has_its_initial_delay_on_top()
    {
        var world = new GridWorld(nodes: 1);
        world.Put(Some.Service(spec: Some.Spec() with { Image = "never:1", HealthCheck = new HealthCheckSpec("tcp", 80, InitialDelay: 120) }));
        var ended = world.Finish(world.Deploy());
        Assert.InRange((ended.FinishedAt - ended.CreatedAt)!.Value.TotalSeconds, 450, 480);
    }

    [Fact]
    public void A_long_pull_is_progress() // runtime.md §9.1 D12
    {
        var world = new GridWorld(nodes: 1);
        world.Put(Some.Service(spec: Some.Spec() with { Image = "slow:1" }));
        var ended = world.Finish(world.Deploy());
        Assert.Equal(DeployState.Success, ended.State);
        Assert.True(ended.FinishedAt - ended.CreatedAt > TimeSpan.FromMinutes(10));
    }

    [Fact]
    public void A_silent_node_does_not_hang_the_deploy()
    {
        var world = new GridWorld(nodes: 1);
        world.Put(Some.Service(spec: Some.Spec() with { Stateful = true }));
        world["node-1"].IsConnected = false;
        var ended = world.Finish(world.Deploy());
        Assert.Contains("node-1 has not answered the order", ended.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_deploy_waits_for_a_suspect_node_to_be_heard_again()
    {
        var world = new GridWorld(nodes: 1);
        world.Put(Some.Service());
        world.Doubt("node-1");
        var id = world.Deploy();
        world.Run(7);
        Assert.Equal((DeployState.Ongoing, "waiting: no node for shop.web-1: of 1 node 1 suspect"), (world.Of(id).State, world.Of(id).Reason));
        world.Return("node-1");
        var ended = world.Finish(id);
        Assert.Equal((DeployState.Success, null), (ended.State, ended.Reason));
    }

    [Fact]
    public void A_suspect_node_that_goes_offline_decides_the_deploy()
    {
        var world = new GridWorld(nodes: 1);
        world.Put(Some.Service());
        world.Doubt("node-1");
        var id = world.Deploy();
        world.Run(7);
        world.Lose("node-1");
        var ended = world.Finish(id);
        Assert.True(ended.Unplaceable);
        Assert.Contains("1 offline", ended.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_suspect_node_that_would_not_do_anyway_is_not_waited_for()
    {
        var world = new GridWorld(nodes: 2);
        world.Put(Some.Service(spec: Some.Spec() with { Affinity = ["label==gpu"] }));
        world.Doubt("node-1");
        Assert.Equal(DeployState.Error, world.Of(world.Deploy()).State);
    }

    [Fact]
    public void Requests_while_one_waits_share_it()
    {
        var world = new GridWorld(nodes: 1);
        world.Put(Some.Service(spec: Some.Spec(2)));
        var first = world.Deploy();
        var second = world.Deploy();
        var third = world.Deploy();
        Assert.NotEqual(first, second);
        Assert.Equal(second, third);
        Assert.Equal(DeployState.Created, world.Of(second).State);
        Assert.Equal(DeployState.Success, world.Finish(second).State);
        Assert.Equal(DeployState.Success, world.Of(first).State);
        Assert.True(world.Of(first).FinishedAt <= world.Of(second).StartedAt);
        Assert.True(string.CompareOrdinal(world.Of(first).DeployRev, world.Of(second).DeployRev) < 0);
    }

    [Fact]
    public void A_request_that_is_repeated_after_a_lost_answer_is_the_same_deploy()
    {
        var world = new GridWorld(nodes: 1);
        world.Put(Some.Service());
        var input = new GridInput.Deploy(world.NewId(), new DeployService { Grid = "test-grid", Stack = "shop", Service = "web" });
        Assert.Equal(world.Apply(input)[0]!.CreatedId, world.Apply(input)[0]!.CreatedId);
        Assert.Single(world.Snapshot.ServiceDeploys.Values);
    }

    [Fact]
    public void An_unknown_service_is_not_found()
    {
        var world = new GridWorld(nodes: 1);
        var command = new DeployService { Grid = "test-grid", Stack = "shop", Service = "nobody" };
        var answer = world.Apply(new GridInput.Deploy("x", command))[0]!;
        Assert.Equal(CommandOutcome.NotFound, answer.Outcome);
    }

    [Fact]
    public void Scaling_up_leaves_what_runs_and_scaling_down_takes_the_highest()
    {
        var world = new GridWorld(nodes: 2);
        world.Put(Some.Service(spec: Some.Spec(2)));
        world.Finish(world.Deploy());
        var before = world.Instances.ToDictionary(one => one.Number, one => one.Node);
        world.Change("web", one => one with { Spec = one.Spec with { Instances = 5 } });
        Assert.Equal(DeployState.Success, world.Finish(world.Deploy()).State);
        Assert.All(before, one => Assert.Equal(one.Value, world.Instances[one.Key - 1].Node));
        world.Change("web", one => one with { Spec = one.Spec with { Instances = 2 } });
        Assert.Equal(DeployState.Success, world.Finish(world.Deploy()).State);
        world.Run(5);
        Assert.Equal([1, 2], world.Instances.Select(one => one.Number));
        Assert.Equal(2, world.Nodes.Sum(node => node.Containers.Count()));
        Assert.DoesNotContain(world.Sent, one => one.Message is RemoveInstance { RemoveData: true });
    }

    [Fact]
    public void Scaling_a_stateful_service_down_keeps_its_data_and_up_again_finds_it()
    {
        var world = new GridWorld(nodes: 3);
        var service = world.Put(Some.Service("db", Some.Spec(3) with { Stateful = true }));
        world.Finish(world.Deploy("db"));
        var third = world.Instances[2];
        world.Change("db", one => one with { Spec = one.Spec with { Instances = 1 } });
        world.Finish(world.Deploy("db"));
        world.Run(10);
        Assert.Equal(1, world.Nodes.Sum(node => node.Containers.Count()));
        Assert.Empty(world.Nodes.SelectMany(node => node.DataRemoved));
        world.Change("db", one => one with { Spec = one.Spec with { Instances = 3 } });
        Assert.Equal(DeployState.Success, world.Finish(world.Deploy("db")).State);
        Assert.Equal((third.Id, third.Node), (world.Instances[2].Id, world.Instances[2].Node));

        world.Change("db", one => one with { Spec = one.Spec with { Instances = 1 } });
        world.Finish(world.Deploy("db"));
        world.Change("db", one => one with { RemovedAt = world.Now });
        world.Until(() => world.Sent.Any(one => one.Message is ServiceTornDown), "the service is torn down");
        Assert.Equal(["shop.db-1", "shop.db-2", "shop.db-3"], world.Nodes.SelectMany(node => node.DataRemoved).Distinct().Order());
        Assert.Empty(world.Instances);
        Assert.Equal("uid-shop-db", service.Uid);
    }

    [Fact]
    public void Scaling_down_and_up_again_waits_for_the_ports_to_come_free()
    {
        var world = new GridWorld(nodes: 3);
        world.Put(Some.Service(spec: Some.Spec(3) with { Ports = [new PortMapping(80, 80)] }));
        world.Finish(world.Deploy());
        world.Change("web", one => one with { Spec = one.Spec with { Instances = 1 } });
        world.Finish(world.Deploy());
        world.Change("web", one => one with { Spec = one.Spec with { Instances = 3 } });
        Assert.Equal(DeployState.Success, world.Finish(world.Deploy()).State);
    }

    [Fact]
    public void Instances_that_change_places_make_room_for_each_other()
    {
        var world = Swapping(minHealth: 0.3);
        var least = 3;
        world.Laws.Add(() => least = Math.Min(least, world.Nodes.Sum(node => node.Containers.Count(one => one.Ready))));
        var ended = world.Finish(world.Deploy());
        Assert.Equal(DeployState.Success, ended.State);
        Assert.InRange((ended.FinishedAt - ended.CreatedAt)!.Value.TotalSeconds, 0, 60);
        Assert.Equal(["node-2", "node-1", "node-3"], world.Instances.Select(one => one.Node));
        Assert.Equal(1, least);
    }

    [Fact]
    public void Instances_that_may_not_change_places_stay_and_the_reason_says_why()
    {
        var world = Swapping(minHealth: 0.8);
        world.Laws.Add(() => Assert.InRange(world.Nodes.Sum(node => node.Containers.Count(one => one.Ready)), 2, 3));
        var ended = world.Finish(world.Deploy());
        Assert.Equal(DeployState.Error, ended.State);
        Assert.Contains("instances 1, 2 are to change places", ended.Reason, StringComparison.Ordinal);
    }

    // Each instance belongs on the node with its number on a label; then the labels of the first two nodes change hands.
    private static GridWorld Swapping(double minHealth)
    {
        var world = new GridWorld();
        for (var number = 1; number <= 3; number++)
            world.Add(Some.Node(number, $"slot={number}"));
        var spec = Some.Spec(3) with { Ports = [new PortMapping(80, 80)], Affinity = ["label==slot=%s"], MinHealth = minHealth };
        world.Put(Some.Service(spec: spec));
        world.Finish(world.Deploy());
        world.Put(Some.Node(1, "slot=2"));
        world.Put(Some.Node(2, "slot=1"));
        return world;
    }

    [Fact]
    public void A_drained_node_is_left_by_stateless_and_stopped_for_stateful()
    {
        var world = new GridWorld(nodes: 2);
        world.Put(Some.Service(spec: Some.Spec(2)));
        world.Put(Some.Service("db", Some.Spec(2) with { Stateful = true }));
        world.Finish(world.Deploy());
        world.Finish(world.Deploy("db"));
        world.Put(Some.Node(1) with { Availability = NodeAvailability.Drain });
        world.Until(() => !world["node-1"].Containers.Any(), "node-1 is empty", 120);
        world.Until(() => world["node-2"].Containers.Count() == 3, "both web and db-2 run on node-2", 120);
        Assert.Equal(DesiredState.Stopped, world.Instances.Single(one => one is { Service: "db", Node: "node-1" }).Desired);
        world.Put(Some.Node(1));
        world.Until(() => world["node-1"].Containers.Any(), "db comes back with its node", 60);
    }

    [Fact]
    public void About_a_hundred_finished_deploys_are_kept()
    {
        var world = new GridWorld(nodes: 1);
        world.Put(Some.Service());
        for (var round = 0; round < DeployLimits.Kept + 5; round++)
            world.Finish(world.Deploy());
        Assert.Equal(DeployLimits.Kept, world.Snapshot.ServiceDeploys.Values.Count());
    }
}

using Kontena.Contracts.Commands;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Jobs;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;
using Kontena.Contracts.Volumes;
using Kontena.Scheduler.Shards;
using Kontena.Scheduler.Snapshots;
using Kontena.Scheduler.Tests.World;

namespace Kontena.Scheduler.Tests.Jobs;

/// <summary>Containers that people have run once.</summary>
public class RunTests
{
    private static StartRun Command(string service = "web") => new() { Grid = "test-grid", Stack = "shop", Service = service };

    private static ServiceRun Start(GridWorld world, StartRun? command = null)
    {
        var answer = Ask(world, command ?? Command());
        Assert.True(answer.Outcome == CommandOutcome.Done, string.Join("; ", answer.Errors));
        return world.Snapshot.Runs.Find(answer.CreatedId!)!;
    }

    private static CommandResult Ask(GridWorld world, StartRun command) => world.Apply(new GridInput.Start(world.NewId(), command))[0]!;

    private static ServiceRun Now(GridWorld world, ServiceRun run) => world.Snapshot.Runs.Find(run.Id)!;

    private static ServiceRun Finish(GridWorld world, ServiceRun run)
    {
        world.Until(() => ServiceRun.IsEnded(Now(world, run).State), "the run ends", 300);
        return Now(world, run);
    }

    // Not deployed, unless a test does it: a run needs no instance.
    private static GridWorld World(int nodes = 2, ServiceSpec? spec = null, int? seed = null)
    {
        var world = new GridWorld(nodes, seed, loss: seed is null ? 0 : 0.3);
        world.Put(Some.Stack());
        world.Put(Some.Service(spec: spec) with { State = ServiceState.Initialized });
        return world;
    }

    private static void Deploy(GridWorld world)
    {
        world.Change("web", service => service with { State = ServiceState.Running });
        world.Finish(world.Deploy());
    }

    [Fact]
    public void A_run_has_what_an_instance_has_without_ports_names_and_checks()
    {
        var world = World(spec: Some.Spec() with
        {
            Env = ["A=1"], Cmd = ["serve"], Ports = [new PortMapping(80, 80)], Links = [new ServiceLink("shop", "db", "db")], Volumes = ["/srv:/srv"],
            HealthCheck = new HealthCheckSpec("http", 80), WaitForPort = 80, Memory = 64 * Some.Mega,
        });

        var run = Start(world, Command() with { Cmd = ["migrate", "--all"], Env = ["A=2"], Timeout = 60 });

        Assert.Equal(RunState.Starting, run.State);
        var spec = run.Instance!.Spec!;
        Assert.Equal(["migrate", "--all"], spec.Cmd);
        Assert.Equal("A=2", spec.Env[^1]);
        Assert.StartsWith("shop.web-run-", spec.Name, StringComparison.Ordinal);
        Assert.Equal(new RunOnce(60), spec.RunOnce);
        Assert.Equal(("/srv", "db"), (spec.Volumes[0].BindMount, spec.LinkAliases[0].Alias));
        Assert.Equal((0, 0, null, null), (spec.Ports.Count, spec.DnsNames.Count, spec.HealthCheck, spec.WaitForPort));
        Assert.True(spec.IgnoreImageHealthCheck);
        Assert.Equal(64 * Some.Mega, run.Instance.Granted!.Memory);
    }

    [Theory]
    [InlineData(0, RunState.Succeeded)]
    [InlineData(3, RunState.Failed)]
    public void It_ends_with_the_code_of_its_container_which_is_removed(int code, RunState state)
    {
        var world = World();
        foreach (var node in world.Nodes)
            node.Ends = _ => (code, 5);

        var ended = Finish(world, Start(world));

        Assert.Equal((state, code), (ended.State, ended.ExitCode));
        Assert.Equal(5, (ended.FinishedAt!.Value - ended.StartedAt!.Value).TotalSeconds);
        world.Until(() => Now(world, ended).Instance is null, "its container is gone", 30);
        Assert.All(world.Nodes, node => Assert.Empty(node.Containers));
        Assert.Empty(world.Instances);
    }

    [Fact]
    public void One_that_could_not_be_started_says_why_and_is_not_tried_again()
    {
        var world = World(spec: Some.Spec() with { Image = "bad:1" });

        var ended = Finish(world, Start(world));

        Assert.Equal((RunState.Failed, null), (ended.State, ended.ExitCode));
        Assert.Contains("boom", ended.Reason, StringComparison.Ordinal);
        // Its node had confirmed before that it will not begin: apply, stop, removal.
        Assert.Equal(3, Assert.Single(ended.Instance!.Departures).Generation);
        Assert.InRange(ended.FinishedAt!.Value - ended.CreatedAt, TimeSpan.Zero, TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void A_run_that_goes_on_leaves_the_services_of_its_node_settled()
    {
        var world = World(nodes: 1);
        foreach (var node in world.Nodes)
            node.Ends = _ => null;
        Deploy(world);
        var run = Start(world);
        world.Until(() => Now(world, run).State == RunState.Running, "it runs", 60);
        world.Run(4);

        Assert.All(Enumerable.Range(0, 4), _ =>
        {
            Assert.True(world.Memory.Settled.IsStill(new GridDraft(world.Snapshot), world.Snapshot.Services.Find("shop/web")!));
            world.Tick();
        });
    }

    [Fact]
    public void Without_a_node_it_fails_at_once_with_the_explanation()
    {
        var world = World(spec: Some.Spec() with { Affinity = ["label==ssd"] });

        var run = Start(world);

        Assert.Equal(RunState.Failed, run.State);
        Assert.Contains("node-1", run.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stop_ends_it_and_says_who_asked()
    {
        var world = World();
        foreach (var node in world.Nodes)
            node.Ends = _ => null;
        var run = Start(world);
        world.Until(() => Now(world, run).State == RunState.Running, "it runs", 30);

        world.Apply(new GridInput.Stop(new StopRun { Grid = "test-grid", RunId = run.Id, By = "ann" }));

        var ended = Finish(world, run);
        Assert.Equal((RunState.Stopped, "stopped by ann", 137), (ended.State, ended.Reason, ended.ExitCode));
    }

    [Fact]
    public void One_that_takes_too_long_has_failed()
    {
        var world = World();
        foreach (var node in world.Nodes)
            node.Ends = _ => null;

        var ended = Finish(world, Start(world, Command() with { Timeout = 10 }));

        Assert.Equal(RunState.Failed, ended.State);
        Assert.Contains("did not end within 10 s", ended.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_on_a_lost_node_has_failed_and_its_container_is_removed_when_the_node_returns()
    {
        var world = World(nodes: 1);
        world["node-1"].Ends = _ => null;
        var run = Start(world);
        world.Until(() => Now(world, run).State == RunState.Running, "it runs", 30);

        world.Lose("node-1");
        world.Run(60);
        Assert.Equal(RunState.Running, Now(world, run).State);
        var ended = Finish(world, run);
        Assert.Contains("offline", ended.Reason, StringComparison.Ordinal);

        world.Return("node-1");
        world.Until(() => Now(world, run).Instance is null, "its container is gone", 60);
        Assert.Empty(world["node-1"].Containers);
        Assert.Equal(ended.Reason, Now(world, run).Reason);
    }

    [Fact]
    public void What_runs_hold_is_kept_free_of_instances()
    {
        var world = World(nodes: 1, spec: Some.Spec() with { Memory = 3000 * Some.Mega });
        world["node-1"].Ends = _ => null;
        var run = Start(world);

        Assert.Equal(RunState.Failed, Start(world).State);
        world.Apply(new GridInput.Stop(new StopRun { Grid = "test-grid", RunId = run.Id, By = "ann" }));
        world.Until(() => Now(world, run).Instance is null, "it is gone", 60);
        Assert.Equal(RunState.Starting, Start(world).State);
    }

    [Fact]
    public void A_run_of_a_service_with_data_of_its_own_works_beside_the_first_instance()
    {
        var world = World(nodes: 3, spec: Some.Spec(2) with { Stateful = true, Volumes = ["/data"] });
        Assert.Contains("deploy it first", Start(world).Reason, StringComparison.Ordinal);
        Deploy(world);

        var run = Start(world);

        Assert.Equal(world.Instances[0].Node, run.Node);
        Assert.Equal(["shop.web-1"], run.Instance!.Spec!.VolumesFrom);
        Assert.False(run.Instance.Spec.Stateful);
    }

    [Fact]
    public void The_data_of_a_volume_of_scope_instance_is_used_likewise()
    {
        var world = World(nodes: 3, spec: Some.Spec(2) with { Volumes = ["pg:/data"] });
        world.Put(Some.Volume("pg", VolumeScope.Instance));
        Deploy(world);

        var run = Start(world);

        Assert.Equal((world.Instances[0].Node, 0), (run.Node, run.Instance!.Spec!.Volumes.Count));
    }

    [Fact]
    public void A_removed_service_waits_for_its_runs_to_be_gone()
    {
        var world = World(nodes: 1);
        world["node-1"].Ends = _ => null;
        var run = Start(world);
        world.Until(() => Now(world, run).State == RunState.Running, "it runs", 30);

        world.Change("web", service => service with { RemovedAt = world.Now });
        world.Run(1);
        Assert.DoesNotContain(world.Sent, sent => sent.Message is ServiceTornDown);
        world.Until(() => world.Sent.Any(sent => sent.Message is ServiceTornDown), "it is torn down", 60);

        Assert.Empty(world["node-1"].Containers);
        world.Forget(Some.Service());
        world.Run(15);
        Assert.Null(world.Snapshot.Runs.Find(run.Id));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_kept_container_does_not_hold_the_removal_of_its_service_up(bool isNodeAway)
    {
        var world = World(nodes: 1);
        var run = Finish(world, Start(world, Command() with { Keep = true }));
        world.Run(30);
        Assert.Single(world["node-1"].Containers);
        if (isNodeAway)
        {
            world.Lose("node-1");
            world.Run(60);
        }

        world.Change("web", service => service with { RemovedAt = world.Now });
        world.Until(() => world.Sent.Any(sent => sent.Message is ServiceTornDown), "it is torn down", 60);
        world.Forget(Some.Service());
        if (isNodeAway)
            world.Return("node-1");
        world.Until(() => world.Snapshot.Runs.Find(run.Id) is null, "its record is gone", 60);

        Assert.Empty(world["node-1"].Containers);
    }

    [Fact]
    public void A_service_that_is_just_not_there_is_no_order_to_stop_its_run()
    {
        var world = World(nodes: 1);
        world["node-1"].Ends = _ => null;
        var run = Start(world);
        world.Until(() => Now(world, run).State == RunState.Running, "it runs", 30);

        world.Forget(Some.Service());
        world.Run(30);

        Assert.Equal(RunState.Running, Now(world, run).State);
        Assert.Single(world["node-1"].Containers);
    }

    [Fact]
    public void A_service_that_is_just_not_there_is_no_order_to_give_up_what_is_kept_of_its_run()
    {
        var world = World(nodes: 1);
        var run = Finish(world, Start(world, Command() with { Keep = true }));

        world.Forget(Some.Service());
        world.Run(60);
        Assert.True(Now(world, run).Keep);
        Assert.Single(world["node-1"].Containers);

        world.Put(Some.Service() with { Uid = "uid-another" });
        world.Until(() => world.Snapshot.Runs.Find(run.Id) is null, "another has the name", 60);
        Assert.DoesNotContain(world["node-1"].Containers, one => one.Id == run.Id);
    }

    [Fact]
    public void The_newest_are_remembered_and_a_kept_container_goes_with_its_record()
    {
        var world = World(nodes: 1);
        var kept = Finish(world, Start(world, Command() with { Keep = true }));
        world.Run(30);
        Assert.Single(world["node-1"].Containers);

        for (var number = 0; number < ServiceRun.Kept; number++)
            Finish(world, Start(world));
        world.Run(30);

        Assert.Equal(ServiceRun.Kept, world.Snapshot.Runs.Values.Count());
        Assert.Null(world.Snapshot.Runs.Find(kept.Id));
        Assert.Empty(world["node-1"].Containers);
    }

    [Fact]
    public void Every_mistake_is_told_at_once_and_nothing_is_started()
    {
        var world = World();

        var answer = Ask(world, Command() with { Timeout = 0, Env = ["A=1", "=2", "B"], Cmd = [null!], AsScheduled = true });

        Assert.Equal(CommandOutcome.Refused, answer.Outcome);
        Assert.Equal(["timeout", "cmd/[0]", "env/[1]", "env/[2]", "as_scheduled", "as_scheduled"], answer.Errors.Select(error => string.Join('/', error.Path)));
        Assert.Empty(world.Snapshot.Runs.Values);
        Assert.Equal(CommandOutcome.NotFound, Ask(world, Command("nope")).Outcome);
    }

    [Fact]
    public void A_command_that_comes_twice_starts_one_run()
    {
        var world = World();
        var input = new GridInput.Start(world.NewId(), Command());

        Assert.Equal(world.Apply(input)[0]!.CreatedId, world.Apply(input)[0]!.CreatedId);

        Assert.Single(world.Snapshot.Runs.Values);
    }

    [Fact]
    public void Runs_at_once_are_bounded()
    {
        var world = World();
        foreach (var node in world.Nodes)
            node.Ends = _ => null;
        for (var number = 0; number < 20; number++)
            Start(world);

        Assert.Contains("at most 20", Ask(world, Command()).Errors[0].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Whatever_messages_get_lost_and_whoever_schedules_each_run_begins_once_and_ends(int seed)
    {
        var world = World(nodes: 3, seed: seed);
        var runs = Enumerable.Range(0, 15).Select(_ => Start(world)).ToList();

        for (var round = 0; round < 20; round++)
        {
            world.RestartScheduler();
            world.Run(20);
        }

        world.Until(() => runs.TrueForAll(run => Now(world, run) is { Instance: null } now && ServiceRun.IsEnded(now.State)), "all end and are gone");
        var begun = world.Nodes.SelectMany(node => node.Begun).ToList();
        Assert.Equal(begun.Count, begun.Distinct().Count());
        Assert.All(runs, run => Assert.Equal(RunState.Succeeded, Now(world, run).State));
        Assert.All(world.Nodes, node => Assert.Empty(node.Containers));
    }

    [Fact]
    public void A_draining_node_lets_its_run_end_and_gets_no_other()
    {
        var world = World(nodes: 1);
        world["node-1"].Ends = _ => (0, 40);
        var run = Start(world);
        world.Put(Some.Node(1) with { Availability = NodeAvailability.Drain });
        world.Run(20);

        Assert.Equal(RunState.Running, Now(world, run).State);
        var left = Assert.Single(world.Drain("node-1")!.Left);
        Assert.Equal(DrainState.Waiting, left.State);
        Assert.EndsWith($"kontena service run-stop {Now(world, run).Stack}/{Now(world, run).Service} {Now(world, run).Id}", left.Reason, StringComparison.Ordinal);
        Assert.Equal(RunState.Failed, Start(world).State);
        Assert.Equal(RunState.Succeeded, Finish(world, run).State);
        world.Until(() => world.Drain("node-1")!.FinishedAt is not null, "the drain ends", 60);
    }
}

using Kontena.Contracts.Deploys;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Jobs;
using Kontena.Contracts.Placement;
using Kontena.Contracts.Services;
using Kontena.Scheduler.Deploys;
using Kontena.Scheduler.Explaining;
using Kontena.Scheduler.Tests.World;

namespace Kontena.Scheduler.Tests.Deploys;

/// <summary>Services that others wait for to be completed: each of their deploys runs them once.</summary>
public sealed class CompletionTests
{
    private static GridWorld World((int Code, int Seconds)? end, int nodes = 1, int? seed = null)
    {
        var world = new GridWorld(nodes, seed, loss: seed is null ? 0 : 0.3);
        foreach (var node in world.Nodes)
            node.Ends = _ => end;
        world.Put(Some.Stack());
        world.Put(Some.Service("migrate", Some.Spec() with { RunAtDeploy = true }));
        world.Put(Some.Service("web", Some.Spec() with { DependsOn = [new ServiceDependency("migrate", "completed")] }));
        return world;
    }

    private static ServiceRun Run(GridWorld world) => world.Snapshot.Runs.Values.Single(one => !ServiceRun.IsEnded(one.State));

    private static StackDeploy End(GridWorld world, string id, int seconds = 4000)
    {
        world.Until(() => world.OfStack(id).FinishedAt is not null, "the stack deploy ends", seconds);
        return world.OfStack(id);
    }

    private static int Begun(GridWorld world) => world.Nodes.Sum(node => node.Begun.Count);

    [Fact]
    public void What_waits_for_it_begins_when_it_has_ended_well_and_each_deploy_runs_it_once()
    {
        var world = World((0, 20));
        var id = world.DeployStack("migrate", "web");
        world.Run(10);
        Assert.Empty(world.Instances);
        Assert.Equal($"run {Run(world).Id} on node-1 goes on", world.Of(world.OfStack(id).ServiceDeployIds.Single()).Reason);

        Assert.Equal((DeployState.Success, null), (End(world, id).State, world.OfStack(id).Reason));
        Assert.Equal((1, "web"), (Begun(world), world.Instances.Single().Service));
        Assert.Equal((0, 0), (world.Of(world.OfStack(id).ServiceDeployIds[0]).InstanceCount, world.Of(world.OfStack(id).ServiceDeployIds[0]).InstanceDeploys.Count));

        // Nobody but a deploy runs it again.
        world.Run(120);
        Assert.Equal(1, Begun(world));
        Assert.Equal(DeployState.Success, End(world, world.DeployStack("migrate", "web")).State);
        Assert.Equal(2, Begun(world));
    }

    [Fact]
    public void A_failure_ends_the_stack_deploy_with_its_exit_code_and_last_lines_and_is_not_repeated()
    {
        var world = World((3, 5));
        var ended = End(world, world.DeployStack("migrate", "web"));
        var run = world.Snapshot.Runs.Values.Single();

        Assert.Equal($"migrate: run {run.Id} on node-1 failed: exited with code 3; its last lines:\nboom", ended.Reason);
        Assert.Equal((DeployState.Error, RunState.Failed, 3), (ended.State, run.State, run.ExitCode));
        world.Run(200);
        Assert.Equal((1, 0), (Begun(world), world.Instances.Count));
    }

    [Fact]
    public void What_waits_for_it_stays_as_it_was_after_a_failure_but_is_moved_from_a_lost_node()
    {
        var world = World((0, 5), nodes: 2);
        Assert.Equal(DeployState.Success, End(world, world.DeployStack("migrate", "web")).State);
        foreach (var node in world.Nodes)
            node.Ends = _ => (3, 5);
        foreach (var name in (string[])["migrate", "web"])
            world.Change(name, one => one with { Revision = 2 });
        Assert.Equal(DeployState.Error, End(world, world.DeployStack("migrate", "web")).State);
        world.Run(120);
        Assert.Equal(1, world.Instances.Single().Spec!.ServiceRevision);

        var before = world.Instances.Single().Node!;
        world.Lose(before);
        world.Until(() => world.Instances.Single() is { Node: { } node } && node != before, "it is moved", 600);
    }

    [Fact]
    public void Its_newest_deploy_counts_though_an_older_one_was_written_by_a_clock_that_was_ahead()
    {
        var world = World((3, 5));
        Assert.Equal(DeployState.Error, End(world, world.DeployStack("migrate", "web")).State);
        var failed = world.Snapshot.Runs.Values.Single();
        world.Put(failed with { CreatedAt = failed.CreatedAt.AddHours(1) });
        foreach (var node in world.Nodes)
            node.Ends = _ => (0, 5);

        Assert.Equal(DeployState.Success, End(world, world.DeployStack("migrate", "web")).State);
    }

    [Fact]
    public void Without_a_node_or_an_image_it_fails_at_once_and_says_why()
    {
        var nowhere = World((0, 5));
        nowhere.Change("migrate", one => one with { Spec = one.Spec with { Affinity = ["label==ssd"] } });
        Assert.Contains("node-1", End(nowhere, nowhere.DeployStack("migrate", "web"), 10).Reason, StringComparison.Ordinal);

        var bad = World((0, 5));
        bad.Change("migrate", one => one with { Spec = one.Spec with { Image = "bad:1" } });
        Assert.Contains("boom", End(bad, bad.DeployStack("migrate", "web"), 60).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void One_that_does_not_end_is_stopped_at_the_deadline_of_its_deploy()
    {
        var world = World(end: null);
        var id = world.DeployStack("migrate", "web");
        world.Until(() => world.Snapshot.Runs.Values.Single().State == RunState.Running, "it runs", 30);
        Assert.Equal((int)DeployLimits.Deploy.TotalSeconds, Run(world).Timeout);
        // Its node, which keeps to it as well, is one that does not.
        var run = Run(world);
        world["node-1"].IsConnected = false;

        var ended = End(world, id);

        Assert.Equal($"migrate: run {run.Id} on node-1 did not end within 30 minutes and is stopped", ended.Reason);
        world["node-1"].IsConnected = true;
        world.Until(() => ServiceRun.IsEnded(world.Snapshot.Runs.Find(run.Id)!.State), "it is stopped", 120);
        Assert.Equal((RunState.Stopped, "stopped by the deadline of its deploy"), (world.Snapshot.Runs.Find(run.Id)!.State, world.Snapshot.Runs.Find(run.Id)!.Reason));
    }

    [Fact]
    public void A_cancelled_deploy_stops_it()
    {
        var world = World(end: null);
        var id = world.DeployStack("migrate", "web");
        world.Until(() => world.Snapshot.Runs.Values.Single().State == RunState.Running, "it runs", 30);
        var run = Run(world);

        world.CancelStack();

        Assert.Contains($"cancelled by ann: run {run.Id} on node-1 is stopped", End(world, id, 30).Reason, StringComparison.Ordinal);
        world.Until(() => world.Snapshot.Runs.Find(run.Id)!.State == RunState.Stopped, "it is stopped", 30);
    }

    [Fact]
    public void A_newer_revision_stops_it_and_runs_only_when_it_has_stopped()
    {
        var world = World(end: null, nodes: 2);
        var first = world.Deploy("migrate");
        world.Until(() => world.Snapshot.Runs.Values.Single().State == RunState.Running, "it runs", 30);
        var run = Run(world);
        foreach (var node in world.Nodes)
            node.Ends = _ => (0, 5);
        world[run.Node!].Ends = _ => null;
        world[run.Node!].IsConnected = false;
        world.Change("migrate", one => one with { Revision = 2 });

        var second = world.Deploy("migrate");
        world.Run(60);
        Assert.Equal((1, $"waits until run {run.Id} has stopped"), (Begun(world), world.Of(second).Reason));
        foreach (var node in world.Nodes)
            (node.IsConnected, node.Ends) = (true, _ => (0, 500));

        Assert.Equal(DeployState.Success, world.Finish(second).State);
        Assert.StartsWith($"superseded by deploy {second}", world.Of(first).Reason, StringComparison.Ordinal);
        Assert.Equal((2, RunState.Stopped), (Begun(world), world.Snapshot.Runs.Find(run.Id)!.State));
    }

    [Fact]
    public void What_was_changed_since_it_ran_is_not_completed()
    {
        var world = World((0, 5));
        Assert.Equal(DeployState.Success, world.Finish(world.Deploy("migrate")).State);
        Assert.Equal(DeployState.Success, End(world, world.DeployStack("web"), 30).State);

        world.Change("migrate", one => one with { Revision = 2 });
        var id = world.DeployStack("web");
        world.Run(5);
        Assert.Equal("waiting: web depends on migrate, of which revision 2 has not been run", world.OfStack(id).Reason);
        world.Deploy("migrate");
        Assert.Equal(DeployState.Success, End(world, id, 60).State);
    }

    [Fact]
    public void Instances_of_before_are_taken_down_and_nobody_runs_it_for_that()
    {
        var world = World((0, 5));
        world.Change("migrate", one => one with { Spec = Some.Spec(2) });
        world.Finish(world.Deploy("migrate"));
        Assert.Equal(2, world.Instances.Count(one => one.Service == "migrate"));

        world.Change("migrate", one => one with { Spec = Some.Spec() with { RunAtDeploy = true }, Revision = 2 });
        world.Until(() => world.Instances.All(one => one.Service != "migrate"), "they are gone", 120);
        Assert.Equal(0, Begun(world));
    }

    [Fact]
    public void Plans_and_explanations_tell_where_it_would_run()
    {
        var world = World((0, 5));
        var spec = world.Snapshot.Services.Find("shop/migrate")!.Spec;

        var planned = StackPlanner.Plan(
            world.Snapshot, new PlanPlacement { Grid = "test-grid", Stack = "shop", Services = [new ProposedService("migrate", spec, Changed: true)] }, world.Now).Services.Single();
        var told = ServiceExplainer.Explain(world.Snapshot, new ExplainPlacement { Grid = "test-grid", Stack = "shop", Service = "migrate" }, world.Now);

        Assert.Equal(new PlannedInstance("shop.migrate-run", "run", null, "node-1"), planned.Instances.Single());
        Assert.Equal((1, "node-1"), (told.Placed, told.Instances[0].Node));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Law_whatever_is_lost_and_whoever_schedules_a_deploy_runs_it_once(int seed)
    {
        var world = World((0, 20), nodes: 3, seed);
        for (var round = 0; round < 5; round++)
        {
            var id = world.DeployStack("migrate", "web");
            world.Run(3 * round);
            world.RestartScheduler();
            Assert.Equal(DeployState.Success, End(world, id).State);
            Assert.Equal(round + 1, Begun(world));
        }

        Assert.Equal(5, world.Nodes.SelectMany(node => node.Begun).Distinct().Count());
    }
}

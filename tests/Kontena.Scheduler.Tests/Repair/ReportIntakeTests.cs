using Kontena.Contracts.Instances;
using Kontena.Scheduler.Shards;
using Kontena.Scheduler.Tests.World;

namespace Kontena.Scheduler.Tests.Repair;

public sealed class ReportIntakeTests
{
    private static GridWorld Deployed(string? run = null)
    {
        var world = new GridWorld(nodes: 1);
        world["node-1"].Run = run;
        world.Put(Some.Service());
        world.Finish(world.Deploy());
        return world;
    }

    private static void Unobserve(GridWorld world) =>
        world.Snapshot = world.Snapshot with { Observed = world.Snapshot.Observed.Reread($"node-1/{world.Instances[0].Id}", null) };

    [Fact]
    public void An_agent_that_has_not_looked_at_everything_yet_is_asked_for_nothing()
    {
        var world = Deployed();
        world["node-1"].HasLooked = false;
        Unobserve(world);
        world.Run(30);
        Assert.DoesNotContain(world.Sent, one => one.Message is SyncNode);

        world["node-1"].HasLooked = true;
        world.Until(() => world.Snapshot.Observed.Values.Any(one => one.Ready), "it is asked as soon as it knows", 10);
    }

    [Fact]
    public void A_restarted_agent_is_heard_though_its_clock_was_set_back()
    {
        var world = Deployed("run-1");
        world.Run(60);
        foreach (var report in world["node-1"].Restart("run-2"))
            world.Apply(new GridInput.Report(report with { Restarts = 1 }));

        Assert.Equal(("run-2", 1), (world.Snapshot.Observed.Values.Single().Run, world.Snapshot.Observed.Values.Single().Restarts));
    }

    [Fact]
    public void An_answer_that_was_long_on_its_way_undoes_nothing_that_was_reported_after_it()
    {
        var world = new GridWorld(nodes: 1);
        world["node-1"].Run = "run-1";
        var early = world["node-1"].Sync();
        world.Put(Some.Service());
        world.Finish(world.Deploy());

        world.Apply(new GridInput.Synced(early));

        Assert.True(world.Snapshot.Observed.Values.Single().Ready);
    }

    [Fact]
    public void A_report_that_the_removal_has_passed_on_the_way_brings_nothing_back()
    {
        var world = Deployed("run-1");
        var early = world.Snapshot.Observed.Values.Single();
        world.Change("web", one => one with { RemovedAt = world.Now });
        world.Run(10);
        Assert.Empty(world.Snapshot.Observed.Values);

        world.Apply(new GridInput.Report(early));

        Assert.Empty(world.Snapshot.Observed.Values);
    }

    [Fact]
    public void What_an_answer_does_not_list_is_not_there_also_when_it_was_reported_by_an_earlier_run()
    {
        var world = Deployed("run-1");
        world["node-1"].Wipe();
        world["node-1"].Restart("run-2");

        world.Apply(new GridInput.Synced(world["node-1"].Sync()));

        Assert.Empty(world.Snapshot.Observed.Values);
    }
}

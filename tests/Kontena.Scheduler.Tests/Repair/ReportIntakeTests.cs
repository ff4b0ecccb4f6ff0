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
}

using Kontena.Contracts.Instances;
using Kontena.Contracts.Services;
using Kontena.Scheduler.Snapshots;
using Kontena.Scheduler.Tests.World;

namespace Kontena.Scheduler.Tests.Repair;

/// <summary>The store went back to a backup while nodes and containers went on (infra/docs/backup.md).</summary>
public sealed class RestoredStoreTests
{
    [Fact]
    public void What_runs_is_adopted_as_it_is()
    {
        var world = Deployed(instances: 2);
        var backup = world.Snapshot;
        for (var again = 0; again < 3; again++)
            world.Finish(world.Deploy());
        var running = Running(world);

        Restore(world, backup);
        world.Run(60);

        Assert.Equal(running, Running(world));
        Assert.All(world.Instances, one => Assert.True(world.Snapshot.Observed.Find(InstanceObserved.DocumentId(one.Node!, one.Id))!.Generation >= one.Generation));
    }

    [Fact]
    public void An_instance_that_was_removed_since_the_backup_runs_again()
    {
        var world = Deployed(instances: 2);
        var backup = world.Snapshot;
        world.Change("web", one => one with { Spec = one.Spec with { Instances = 1 } });
        world.Finish(world.Deploy());
        world.Run(10);
        Assert.Single(Running(world));

        Restore(world, backup);

        world.Until(() => Running(world).Count == 2, "both run", 60);
    }

    [Fact]
    public void A_container_that_came_to_be_since_the_backup_is_left_alone()
    {
        var world = Deployed(instances: 1);
        var backup = world.Snapshot;
        world.Put(Some.Service("later"));
        world.Finish(world.Deploy("later"));

        Restore(world, backup);
        world.Run(120);

        Assert.Equal(["shop.later-1", "shop.web-1"], Running(world));
        Assert.Contains(world.Notes, note => note.Contains("shop.later-1", StringComparison.Ordinal) && note.Contains("left alone", StringComparison.Ordinal));
    }

    private static GridWorld Deployed(int instances)
    {
        var world = new GridWorld(nodes: 2);
        world.Put(Some.Service(spec: Some.Spec(instances)));
        world.Finish(world.Deploy());
        return world;
    }

    private static void Restore(GridWorld world, GridSnapshot backup)
    {
        world.Snapshot = backup;
        world.RestartScheduler();
    }

    private static List<string> Running(GridWorld world) =>
        [.. world.Nodes.SelectMany(node => node.Containers).Select(one => one.Spec!.Name).Order(StringComparer.Ordinal)];
}

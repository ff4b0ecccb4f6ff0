using Kontena.Contracts.Deploys;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Services;
using Kontena.Scheduler.Tests.World;

namespace Kontena.Scheduler.Tests.Deploys;

public sealed class RollbackTests
{
    /// <summary>Revision 1 runs; revision 2 is wanted with this image.</summary>
    private static GridWorld Upgraded(string image, string? onFailure = "rollback", int instances = 5)
    {
        var world = new GridWorld(nodes: 2);
        world.Put(Some.Service(spec: Some.Spec(instances) with { DeployOnFailure = onFailure }));
        world.Finish(world.Deploy());
        world.Change("web", one => one with { Revision = 2, Spec = one.Spec with { Image = image } });
        return world;
    }

    private static Service Web(GridWorld world) => world.Snapshot.Services.Find("shop/web")!;

    [Fact]
    public void A_failed_deploy_brings_back_the_last_revision_that_was_deployed()
    {
        var world = Upgraded("bad:2");
        var ended = world.Finish(world.Deploy());
        Assert.Equal(DeployState.Error, ended.State);
        Assert.StartsWith("rolled back to revision 1; halting deploy of test-grid/shop/web", ended.Reason, StringComparison.Ordinal);
        Assert.Contains("container exited with code 3: boom", ended.Reason, StringComparison.Ordinal);
        Assert.Equal((3, "app:1"), (Web(world).Revision, Web(world).Spec.Image));
        var other = world.Of(ended.Rollback!.DeployId!);
        Assert.Equal((DeployState.Success, ended.Id, 3), (other.State, other.RollbackOf, other.ServiceRevision));
        Assert.Equal(5, world.Nodes.Sum(node => node.Containers.Count(one => one.Ready && one.Spec!.Image == "app:1")));
    }

    [Fact]
    public void What_still_runs_the_earlier_revision_is_left_alone()
    {
        var world = Upgraded("bad:2");
        world.Finish(world.Deploy());
        // One was replaced by the failing revision and came back as the third; four were never touched.
        Assert.Equal(4, world.Nodes.Sum(node => node.Containers.Count(one => one.Revision == 1)));
        world.Run(1000);
        Assert.Equal(4, world.Nodes.Sum(node => node.Containers.Count(one => one.Revision == 1)));
    }

    [Fact]
    public void The_number_of_instances_stays_as_scaled()
    {
        var world = Upgraded("bad:2");
        world.Change("web", one => one with { Spec = one.Spec with { Instances = 7 } });
        world.Finish(world.Deploy());
        world.Until(() => world.Nodes.Sum(node => node.Containers.Count(one => one.Ready)) == 7, "seven run", 60);
    }

    [Fact]
    public void A_rollback_that_fails_ends_and_begins_no_other()
    {
        var world = Upgraded("bad:2");
        var id = world.Deploy();
        world.Until(() => Web(world).Revision == 3, "the rollback is asked for", 60);
        world.Change("web", one => one with { Spec = one.Spec with { Image = "bad:1" } });
        var ended = world.Finish(id);
        Assert.StartsWith("the rollback to revision 1 failed too (halting deploy", ended.Reason, StringComparison.Ordinal);
        world.Run(4000);
        Assert.Equal(3, Web(world).Revision);
        Assert.Single(world.Snapshot.ServiceDeploys.Values, one => one.Rollback is not null);
    }

    [Fact]
    public void Nothing_is_rolled_back_unless_asked()
    {
        var world = Upgraded("bad:2", onFailure: null);
        Assert.StartsWith("halting deploy of", world.Finish(world.Deploy()).Reason, StringComparison.Ordinal);
        world.Run(600);
        Assert.Equal(2, Web(world).Revision);
    }

    [Fact]
    public void Without_an_earlier_good_revision_it_ends_and_says_so()
    {
        var world = new GridWorld(nodes: 1);
        world.Put(Some.Service(spec: Some.Spec(2) with { DeployOnFailure = "rollback", Image = "bad:1" }));
        Assert.StartsWith("not rolled back, as no earlier revision was deployed successfully; halting deploy of",
            world.Finish(world.Deploy()).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_revision_that_was_good_once_is_not_blamed_for_a_lost_node()
    {
        var world = Upgraded("good:2");
        Assert.Equal(DeployState.Success, world.Finish(world.Deploy()).State);
        world.Change("web", one => one with { Spec = one.Spec with { Image = "bad:2", Instances = 8 } });
        Assert.StartsWith("halting deploy of", world.Finish(world.Deploy()).Reason, StringComparison.Ordinal);
        Assert.Equal(2, Web(world).Revision);
    }

    [Fact]
    public void A_grid_manager_that_is_away_does_not_hang_it()
    {
        var world = Upgraded("bad:2");
        world.HasGridManager = false;
        var ended = world.Finish(world.Deploy());
        Assert.StartsWith("not rolled back, as revision 1 was not there within 60 s", ended.Reason, StringComparison.Ordinal);
        Assert.InRange(world.Sent.Count(one => one.Message is RollbackService), 3, 6);
    }

    [Fact]
    public void A_change_in_between_is_not_overwritten()
    {
        var world = Upgraded("bad:2");
        world.HasGridManager = false;
        var id = world.Deploy();
        world.Until(() => world.Of(id).Rollback is not null, "it wants to roll back", 60);
        world.Change("web", one => one with { Revision = 3, Spec = one.Spec with { Image = "good:3" } });
        Assert.StartsWith("not rolled back, as the service was changed to revision 3 meanwhile", world.Finish(id).Reason, StringComparison.Ordinal);
        world.Until(() => world.Nodes.Sum(node => node.Containers.Count(one => one.Revision == 3)) == 5, "revision 3 is rolled out", 120);
    }

    [Fact]
    public void Cancelling_ends_the_rollback_too()
    {
        var world = Upgraded("bad:2");
        var id = world.Deploy();
        world.Until(() => world.Of(id).Rollback?.DeployId is not null, "the rollback has begun", 60);
        world.Cancel();
        world.Finish(id);
        Assert.DoesNotContain(world.Snapshot.ServiceDeploys.Values, one => one.FinishedAt is null);
    }

    [Fact]
    public void Going_on_deploys_the_others_and_ends_in_error()
    {
        var world = new GridWorld(nodes: 2);
        world.Put(Some.Service(spec: Some.Spec(6) with { DeployOnFailure = "continue" }));
        var id = world.Deploy();
        world.Tick();
        // One of the six fails on its own.
        var broken = world.Instances[2];
        world.Apply(new Kontena.Scheduler.Shards.GridInput.Report(new InstanceObserved
        {
            Grid = "test-grid", Node = broken.Node!, NodeId = broken.NodeId!, InstanceId = broken.Id, Generation = broken.Generation,
            Sequence = 1_000_000, State = ObservedState.Restarting, Error = "container exited with code 1",
        }));
        Assert.Equal(DeployState.Ongoing, world.Of(id).State);
        var ended = world.Finish(id);
        Assert.StartsWith("deploy of test-grid/shop/web went on to its end, one or more instances failed: shop.web-3", ended.Reason, StringComparison.Ordinal);
        Assert.Equal(5, ended.InstanceDeploys.Count(one => one.State == DeployState.Success));
    }

    [Fact]
    public void Parallelism_bounds_what_is_under_way()
    {
        var world = new GridWorld(nodes: 3);
        world.Put(Some.Service(spec: Some.Spec(12) with { DeployParallelism = 2, MinHealth = 0 }));
        var most = 0;
        var id = world.Deploy();
        world.Laws.Add(() => most = Math.Max(most, world.Snapshot.ServiceDeploys.Values.Sum(one => one.InstanceDeploys.Count(part => part.State == DeployState.Ongoing))));
        Assert.Equal(2, world.Of(id).InstanceDeploys.Count);
        Assert.Equal(DeployState.Success, world.Finish(id).State);
        world.Change("web", one => one with { Revision = 2 });
        Assert.Equal(DeployState.Success, world.Finish(world.Deploy()).State);
        Assert.Equal(2, most);
    }
}

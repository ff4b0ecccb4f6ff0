using Kontena.Contracts.Deploys;
using Kontena.Contracts.Services;
using Kontena.Scheduler.Tests.World;

namespace Kontena.Scheduler.Tests.Deploys;

public sealed class ImagePinningTests
{
    private string _now = "app@sha256:one";

    private GridWorld World(int instances, int nodes = 3)
    {
        var world = new GridWorld(nodes);
        foreach (var node in world.Nodes)
            node.Tags = _ => _now;
        world.Put(Some.Service(spec: Some.Spec(instances)));
        return world;
    }

    private static IEnumerable<string?> Running(GridWorld world) =>
        world.Nodes.SelectMany(node => node.Containers).Where(one => one.Ready).Select(one => one.Pin);

    [Fact]
    public void Later_instances_are_ordered_with_what_the_first_found()
    {
        var world = World(10);
        var id = world.Deploy();
        world.Finish(id);
        world.Change("web", one => one with { Revision = 2 });
        id = world.Deploy();
        world.Until(() => world.Of(id).Image is not null, "the first has said what it runs", 30);
        _now = "app@sha256:two";
        Assert.Equal(DeployState.Success, world.Finish(id).State);
        Assert.All(Running(world), pin => Assert.Equal("app@sha256:one", pin));
        Assert.Equal(new PinnedImage("app:1", "app@sha256:one"), world.Of(id).Image);
    }

    [Fact]
    public void Nodes_that_saw_the_tag_move_are_ordered_again()
    {
        var world = World(6);
        world["node-2"].Tags = _ => "app@sha256:two";
        var ended = world.Finish(world.Deploy());
        Assert.Equal(DeployState.Success, ended.State);
        Assert.Single(Running(world).Distinct());
        Assert.Equal(6, Running(world).Count());
    }

    [Fact]
    public void An_image_that_no_registry_has_may_differ_from_node_to_node()
    {
        var world = World(6);
        foreach (var node in world.Nodes)
            node.Tags = _ => "sha256:built-on-" + node.Name;
        Assert.Equal(DeployState.Success, world.Finish(world.Deploy()).State);
        var applies = world.Nodes.Sum(node => node.Applies);
        world.Run(60);
        Assert.Equal(applies, world.Nodes.Sum(node => node.Applies));
    }

    [Fact]
    public void A_repair_runs_what_the_last_good_deploy_ran()
    {
        var world = World(6);
        world.Finish(world.Deploy());
        _now = "app@sha256:two";
        world.Lose("node-3");
        world.Until(() => Running(world).Count() - world["node-3"].Containers.Count() == 6, "all run elsewhere", 200);
        Assert.All(world["node-1"].Containers.Concat(world["node-2"].Containers), one => Assert.Equal("app@sha256:one", one.Pin));
    }

    [Fact]
    public void A_deploy_that_a_person_asks_for_looks_at_the_tag_anew()
    {
        var world = World(3);
        world.Finish(world.Deploy());
        _now = "app@sha256:two";
        world.Finish(world.Deploy());
        Assert.All(Running(world), pin => Assert.Equal("app@sha256:two", pin));
    }

    [Fact]
    public void A_rollback_brings_the_image_back_too()
    {
        var world = World(3);
        world.Finish(world.Deploy());
        _now = "app@sha256:two";
        world.Change("web", one => one with { Revision = 2 });
        world.Finish(world.Deploy());
        Assert.All(Running(world), pin => Assert.Equal("app@sha256:two", pin));
        world.Change("web", one => one with { Revision = 3, RolledBack = new ServiceRollback(3, 1) });
        Assert.Equal(DeployState.Success, world.Finish(world.Deploy()).State);
        Assert.All(Running(world), pin => Assert.Equal("app@sha256:one", pin));
    }

    [Fact]
    public void A_pin_is_good_for_its_own_name_only()
    {
        var world = World(4);
        var id = world.Deploy();
        world.Until(() => world.Of(id).Image is not null, "it knows its image", 30);
        _now = "other@sha256:three";
        world.Change("web", one => one with { Revision = 2, Spec = one.Spec with { Image = "other:1" } });
        Assert.Equal(DeployState.Success, world.Finish(world.Deploy()).State);
        world.Run(60);
        Assert.All(Running(world), pin => Assert.Equal("other@sha256:three", pin));
    }
}

using Kontena.Contracts.Deploys;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Services;
using Kontena.Scheduler.Tests.World;

namespace Kontena.Scheduler.Tests.Deploys;

public sealed class StackDeployTests
{
    [Fact]
    public void Services_follow_one_another_in_the_given_order()
    {
        var world = new GridWorld(nodes: 1);
        foreach (var name in (string[])["db", "api", "web"])
            world.Put(Some.Service(name));
        var id = world.DeployStack("db", "api", "web");
        Assert.Single(world.OfStack(id).ServiceDeployIds);
        Assert.Single(world.Sent, one => one.Message is ApplyInstance);
        world.Until(() => world.OfStack(id).FinishedAt is not null, "the stack deploy ends");
        var ended = world.OfStack(id);
        Assert.Equal(DeployState.Success, ended.State);
        var deploys = ended.ServiceDeployIds.Select(world.Of).ToList();
        Assert.Equal(["db", "api", "web"], deploys.Select(one => one.Service));
        Assert.True(deploys[0].FinishedAt <= deploys[1].StartedAt && deploys[1].FinishedAt <= deploys[2].StartedAt);
        Assert.All(deploys, one => Assert.Equal(id, one.StackDeployId));
    }

    [Fact]
    public void The_first_failure_ends_it_with_the_reason()
    {
        var world = new GridWorld(nodes: 1);
        world.Put(Some.Service("db", Some.Spec() with { Image = "bad:1" }));
        world.Put(Some.Service("web"));
        var id = world.DeployStack("db", "web");
        world.Until(() => world.OfStack(id).FinishedAt is not null, "the stack deploy ends");
        Assert.Equal(DeployState.Error, world.OfStack(id).State);
        Assert.StartsWith("db: halting deploy of test-grid/shop/db", world.OfStack(id).Reason, StringComparison.Ordinal);
        Assert.Single(world.OfStack(id).ServiceDeployIds);
    }

    [Fact]
    public void A_service_that_left_meanwhile_ends_it_before_anything_hangs() // runtime.md §9.1 D2
    {
        var world = new GridWorld(nodes: 1);
        world.Put(Some.Service("db"));
        var web = world.Put(Some.Service("web"));
        var id = world.DeployStack("db", "web");
        world.Forget(web);
        world.Until(() => world.OfStack(id).FinishedAt is not null, "the stack deploy ends", 60);
        Assert.Contains("service test-grid/shop/web is not there any more", world.OfStack(id).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_stack_succeeds_at_once()
    {
        var world = new GridWorld(nodes: 1);
        Assert.Equal(DeployState.Success, world.OfStack(world.DeployStack()).State);
    }

    [Fact]
    public void Two_at_once_share_what_waits_and_both_end()
    {
        var world = new GridWorld(nodes: 1);
        world.Put(Some.Service("db"));
        world.Put(Some.Service("web"));
        var ids = Enumerable.Range(0, 3).Select(_ => world.DeployStack("db", "web")).ToList();
        world.Until(() => ids.All(id => world.OfStack(id).State == DeployState.Success), "all three succeed");
        Assert.Equal(2, world["node-1"].Containers.Count());
    }

    [Fact]
    public void A_service_waits_until_what_it_depends_on_is_healthy()
    {
        var world = new GridWorld(nodes: 1);
        world.Put(Some.Service("db", Some.Spec(2) with { HealthCheck = new HealthCheckSpec("tcp", 5432) }));
        world.Put(Some.Service("web", Some.Spec() with { DependsOn = [new ServiceDependency("db", "healthy")] }));
        var id = world.DeployStack("db", "web");
        world.Run(60);
        Assert.Equal("waiting: web depends on db, of which shop.db-1 on node-1 is not checked yet", world.OfStack(id).Reason);
        foreach (var database in world.Instances.Where(one => one.Service == "db"))
            world.Health(database, "healthy");
        world.Until(() => world.OfStack(id).FinishedAt is not null, "the stack deploy ends", 60);
        Assert.Equal((DeployState.Success, null), (world.OfStack(id).State, world.OfStack(id).Reason));
    }

    [Fact]
    public void What_never_gets_healthy_ends_the_stack_deploy()
    {
        var world = new GridWorld(nodes: 1);
        world.Put(Some.Service("db", Some.Spec() with { HealthCheck = new HealthCheckSpec("tcp", 5432) }));
        world.Put(Some.Service("web", Some.Spec() with { DependsOn = [new ServiceDependency("db", "healthy")] }));
        var id = world.DeployStack("db", "web");
        world.Run(10);
        world.Health(world.Instances.Single(), "unhealthy");
        world.Until(() => world.OfStack(id).FinishedAt is not null, "the stack deploy ends", 400);
        Assert.Equal("web: depends on db, of which shop.db-1 on node-1 is unhealthy, and was not within 300 s", world.OfStack(id).Reason);
        Assert.Single(world.OfStack(id).ServiceDeployIds);
    }
}

using FsCheck;
using FsCheck.Fluent;
using Kontena.Contracts.Deploys;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Placement;
using Kontena.Contracts.Services;
using Kontena.Scheduler.Explaining;
using Kontena.Scheduler.Tests.World;

namespace Kontena.Scheduler.Tests.Explaining;

public sealed class StackPlannerTests
{
    [Fact]
    public void What_is_new_starts_what_changed_restarts_in_place_and_the_rest_stays()
    {
        var world = Running(3, "web", "db");
        var before = world.Snapshot;

        var plan = Plan(world, new("db", Some.Spec(2), false), new("web", Some.Spec(3) with { Image = "app:2" }, true), new("cache", Some.Spec(), true));

        Assert.Equal(["db: 2 stay", "web: 2 restart 1 start", "cache: 1 start"], plan.Services.Select(Told));
        Assert.All(plan.Services[1].Instances.Where(one => one.Action == "restart"), one => Assert.Equal(one.From, one.To));
        Assert.Same(before, world.Snapshot);
    }

    [Fact]
    public void What_would_happen_is_what_was_planned()
    {
        var world = Running(4, "web", "db");
        var spec = Some.Spec(3) with { Ports = [new PortMapping(80, 80)] };
        var plan = Plan(world, new("db", Some.Spec(2), false), new("web", spec, true), new("cache", Some.Spec(2), true));

        world.Change("web", one => one with { Spec = spec, Revision = one.Revision + 1 });
        world.Put(Some.Service("cache", Some.Spec(2)));
        world.Finish(world.Deploy("web"));
        world.Finish(world.Deploy("cache"));

        Assert.Equal(
            plan.Services.SelectMany(one => one.Instances).Select(one => $"{one.Name} {one.To}").Order(StringComparer.Ordinal),
            world.Instances.Select(one => $"shop.{one.Service}-{one.Number} {one.Node}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_leaves_makes_room_for_what_comes()
    {
        var world = new GridWorld(nodes: 1);
        world.Put(Some.Service("old", Some.Spec() with { Ports = [new PortMapping(80, 80)] }));
        world.Finish(world.Deploy("old"));

        var plan = Plan(world, new("new", Some.Spec() with { Ports = [new PortMapping(80, 80)] }, true), new("old", null, false));

        Assert.Equal(["new: 1 start", "old: 1 stop"], plan.Services.Select(Told));
        Assert.Null(plan.Services[0].Problem);
    }

    [Fact]
    public void What_finds_no_node_is_told_why_and_is_left_as_it_is()
    {
        var world = Running(2, "web");
        var plan = Plan(world, new ProposedService("web", Some.Spec(3) with { Ports = [new PortMapping(80, 80)] }, true));
        Assert.Equal("web: 2 stay", Told(Assert.Single(plan.Services)));
        Assert.Contains("no node for shop.web-3: of 2 nodes 2 with port 80/tcp", plan.Services[0].Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Fewer_instances_stop_the_highest_numbers()
    {
        var plan = Plan(Running(2, "web"), new ProposedService("web", Some.Spec(1), true));
        Assert.Equal(["shop.web-1 restart", "shop.web-2 stop"], plan.Services[0].Instances.Select(one => $"{one.Name} {one.Action}"));
    }

    [Fact]
    public void Whatever_a_service_becomes_its_nodes_get_as_many_instances_as_planned()
    {
        var specs =
            from instances in Gen.Choose(1, 5)
            from strategy in Gen.Elements("ha", "binpack", "daemon", "random")
            from memory in Gen.Elements<long?>(null, 100, 300)
            from affinity in Gen.Elements<string[]>([], [], ["label==az=a"], ["label==~az=b"], ["node!=node-1"])
            from most in Gen.Elements<int?>(null, null, 1)
            select Some.Spec(instances) with { Strategy = strategy, Memory = memory * Some.Mega, Affinity = affinity, MaxPerNode = most };
        var cases =
            from nodes in Gen.Elements("az=a", "az=b").ListOf(4)
            from other in specs
            from before in specs
            from after in specs
            select (nodes, other, before, after);
        var compared = 0;
        Prop.ForAll(cases.ToArbitrary(), one =>
        {
            var world = new GridWorld();
            for (var at = 0; at < one.nodes.Count; at++)
                world.Add(Some.Node(at + 1, one.nodes[at]));
            // Where one finds no place it waits for one, and gets it in the midst of the change.
            if (!IsDeployed(world, "db", one.other) || !IsDeployed(world, "web", one.before))
                return;
            var plan = Plan(world, new ProposedService("web", one.after, true)).Services[0];
            world.Change("web", service => service with { Spec = one.after, Revision = service.Revision + 1 });
            Assert.Equal(plan.Problem is null, world.Finish(world.Deploy()).State == DeployState.Success);
            if (plan.Problem is not null)
                return;
            compared++;
            // Not which number lands where: of several that have to move, a rollout may take a later one first.
            Assert.Equal(
                plan.Instances.Select(instance => instance.To).OfType<string>().Order(StringComparer.Ordinal),
                world.Instances.Where(instance => instance.Service == "web" && instance.Desired == DesiredState.Running).Select(instance => instance.Node!)
                    .Order(StringComparer.Ordinal));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));
        Assert.True(compared > 20, $"only {compared} changes were carried out");
    }

    private static bool IsDeployed(GridWorld world, string name, ServiceSpec spec)
    {
        world.Put(Some.Service(name, spec));
        return world.Finish(world.Deploy(name)).State == DeployState.Success;
    }

    private static string Told(PlannedService service) =>
        $"{service.Name}: {string.Join(' ', service.Counts.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => $"{one.Value} {one.Key}"))}";

    private static PlacementPlanned Plan(GridWorld world, params ProposedService[] services) => StackPlanner.Plan(
        world.Snapshot, new PlanPlacement { Grid = "test-grid", Stack = "shop", Services = services }, world.Now);

    private static GridWorld Running(int nodes, params string[] services)
    {
        var world = new GridWorld(nodes);
        foreach (var service in services)
        {
            world.Put(Some.Service(service, Some.Spec(2)));
            world.Finish(world.Deploy(service));
        }

        return world;
    }
}

using FsCheck;
using FsCheck.Fluent;
using Kontena.Contracts.Deploys;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;
using Kontena.Scheduler.Deploys;
using Kontena.Scheduler.Placement.Filters;
using Kontena.Scheduler.Tests.World;

namespace Kontena.Scheduler.Tests.Deploys;

/// <summary>A grid under random faults: whatever happens, deploys end, and once the faults do, what runs is what is wanted.</summary>
public sealed class RolloutLaws
{
    [Fact]
    public void A_deploy_always_ends_and_the_grid_heals() => Prop.ForAll(
        Gen.Choose(1, 1_000_000).ToArbitrary(),
        seed => Storm(seed)).Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    [Fact]
    public void Without_faults_min_health_holds_for_every_size() => Prop.ForAll(
        (from size in Gen.Choose(1, 30) from health in Gen.Choose(0, 10) from nodes in Gen.Choose(1, 4) select (size, health, nodes)).ToArbitrary(),
        one => Roll(one.size, one.health / 10d, one.nodes)).Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    private static void Roll(int size, double minHealth, int nodes)
    {
        var world = new GridWorld(nodes);
        world.Put(Some.Service(spec: Some.Spec(size) with { MinHealth = minHealth }));
        Assert.Equal(DeployState.Success, world.Finish(world.Deploy()).State);
        var floor = size - MinHealth.MayBeDown(size, minHealth);
        world.Laws.Add(() => Assert.True(world.Nodes.Sum(node => node.Containers.Count(one => one.Ready)) >= floor, $"below {floor} of {size}"));
        world.Change("web", one => one with { Revision = 2 });
        Assert.Equal(DeployState.Success, world.Finish(world.Deploy()).State);
        Assert.All(world.Nodes.SelectMany(node => node.Containers), one => Assert.Equal(2, one.Revision));
    }

    private static void Storm(int seed)
    {
        var chance = new Random(seed);
        var world = new GridWorld(nodes: 3, seed, loss: 0.2);
        world.Laws.Add(() => NoPortTwice(world));
        world.Laws.Add(() => NoStatefulTwice(world));
        world.Put(Some.Service("web", Some.Spec(chance.Next(1, 6)) with
        {
            DeployOnFailure = (string?[])[null, "continue", "rollback"] is var ways ? ways[chance.Next(3)] : null,
            DeployParallelism = chance.Next(3) == 0 ? 1 : null,
            DeployOrder = chance.Next(3) == 0 ? "start-first" : null,
        }));
        world.Put(Some.Service("lb", Some.Spec() with { Strategy = "daemon", Ports = [new PortMapping(80, 80)] }));
        world.Put(Some.Service("db", Some.Spec(2) with { Stateful = true }));
        var deploys = new List<string>();
        for (var round = 0; round < 12; round++)
        {
            Disturb(world, chance, deploys);
            world.Run(chance.Next(1, 60));
        }

        // The faults are over.
        foreach (var number in (int[])[1, 2, 3])
        {
            world.Put(Some.Node(number));
            world.Return($"node-{number}");
        }

        foreach (var name in (string[])["web", "lb", "db"])
        {
            world.Change(name, one => one with { State = ServiceState.Running, Spec = one.Spec with { Image = "good:1" }, Revision = one.Revision + 1 });
            deploys.Add(world.Deploy(name));
        }

        world.Until(() => deploys.All(id => world.Of(id).FinishedAt is not null), $"all deploys end (seed {seed})");
        foreach (var name in (string[])["web", "lb", "db"])
            world.Until(() => Settled(world, name), $"{name} runs as declared (seed {seed}); {Picture(world)}", 3000);
        Assert.DoesNotContain(world.Snapshot.ServiceDeploys.Values, one => one is { Rollback: not null, RollbackOf: not null });
        Assert.All(world.Snapshot.ServiceDeploys.Values.Where(one => one.State == DeployState.Error), one => Assert.NotEmpty(one.Reason!));
    }

    private static void Disturb(GridWorld world, Random chance, List<string> deploys)
    {
        var name = (string[])["web", "lb", "db"] is var names ? names[chance.Next(3)] : "";
        var node = $"node-{chance.Next(1, 4)}";
        switch (chance.Next(10))
        {
            case 0:
                world.Lose(node);
                break;
            case 1:
                world.Return(node);
                break;
            case 2:
                world.Put(Some.Node(int.Parse(node[5..])) with { Availability = NodeAvailability.Drain });
                break;
            case 3:
                world.Put(Some.Node(int.Parse(node[5..])));
                break;
            case 4:
                world.RestartScheduler();
                break;
            case 5:
                world.Change("web", one => one with { Spec = one.Spec with { Instances = chance.Next(1, 7) } });
                deploys.Add(world.Deploy());
                break;
            case 6:
                world.Change(name, one => one with { Revision = one.Revision + 1, Spec = one.Spec with { Image = chance.Next(3) == 0 ? "bad:1" : "good:1" } });
                deploys.Add(world.Deploy(name));
                break;
            case 7:
                world.Change(name, one => one with { State = one.State == ServiceState.Running ? ServiceState.Stopped : ServiceState.Running });
                break;
            case 8:
                world.Cancel(name);
                break;
            default:
                world[node].Wipe();
                break;
        }
    }

    private static bool Settled(GridWorld world, string name)
    {
        var service = world.Snapshot.Services.Find(Service.DocumentId("shop", name))!;
        var wanted = name == "lb" ? 3 : service.Spec.Instances;
        var instances = world.Instances.Where(one => one.Service == name && one.Desired == DesiredState.Running).ToList();
        var running = world.Nodes.SelectMany(node => node.Containers.Select(one => (node.Name, one))).Where(one => one.one.Spec!.Service == name).ToList();
        return instances.Count == wanted
            && running.Count == wanted
            && instances.All(instance => running.Count(one => one.one.Id == instance.Id && one.Name == instance.Node && one.one.Ready) == 1);
    }

    private static string Picture(GridWorld world) => string.Join("; ", world.Nodes.Select(
        node => $"{node.Name}: {string.Join(",", node.Containers.Select(one => one.Spec!.Name))}"));

    private static void NoPortTwice(GridWorld world)
    {
        foreach (var node in world.Nodes)
        {
            var ports = node.Containers.SelectMany(one => one.Spec!.Ports).ToList();
            for (var one = 0; one < ports.Count; one++)
                Assert.DoesNotContain(ports.Skip(one + 1), other => PortFilter.Collide(ports[one], other));
        }
    }

    private static void NoStatefulTwice(GridWorld world) => Assert.All(
        world.Nodes.SelectMany(node => node.Containers).Where(one => one.Spec!.Stateful).GroupBy(one => one.Id),
        same => Assert.Single(same));
}

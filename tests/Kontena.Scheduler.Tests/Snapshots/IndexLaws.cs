using Kontena.Contracts.Deploys;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Jobs;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;
using Kontena.Scheduler.Repair;
using Kontena.Scheduler.Shards;
using Kontena.Scheduler.Snapshots;
using Kontena.Scheduler.Tests.World;

namespace Kontena.Scheduler.Tests.Snapshots;

/// <summary>What is remembered so that a step costs what has changed says the same as a look at everything, whatever happens to a grid.</summary>
public sealed class IndexLaws
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Groups_that_were_moved_forward_are_those_of_all_documents(int seed) => Live(seed, world =>
    {
        var snapshot = world.Snapshot;
        Same(snapshot.Instances, Groupings.Leaving);
        Same(snapshot.Instances, Groupings.OnMachine);
        Same(snapshot.Observed, Groupings.SaidBy);
        Same(snapshot.ServiceDeploys, Groupings.OfService);
        Same(snapshot.ServiceDeploys, Groupings.OpenDeploys);
        var open = OpenOrders.Of(snapshot.Instances, snapshot.Observed, known: null);
        Assert.Equal(open.Ids, snapshot.OpenOrders.Ids);
    });

    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Upkeep_of_the_services_that_were_touched_is_upkeep_of_all(int seed) => Live(seed, world =>
        Assert.Equal(Upkeep(world, world.Snapshot with { Upkept = null }), Upkeep(world, world.Snapshot)));

    [Theory]
    [InlineData(13)]
    [InlineData(14)]
    public void What_lies_on_nodes_is_what_instances_and_runs_hold(int seed)
    {
        var runs = 0;
        Live(seed, world =>
        {
            var (kept, made) = (world.Snapshot.Index.Scene, GridIndex.Of(world.Snapshot, known: null).Scene);
            foreach (var node in made.Nodes)
            {
                Assert.Equal(made.On(node).All.Select(one => one.Name).Order(), kept.On(kept.Find(node.Name)!).All.Select(one => one.Name).Order());
                Assert.Equal(made.On(node).Load, kept.On(kept.Find(node.Name)!).Load);
                runs += made.On(node).All.Count(one => one.Name.Contains("-run-", StringComparison.Ordinal));
            }
        });
        Assert.True(runs > 10, $"{runs} times a run lay on a node");
    }

    [Theory]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(12)]
    public void A_service_that_is_settled_is_one_that_no_plan_would_deploy(int seed)
    {
        var settled = 0;
        Live(seed, world =>
        {
            var draft = new GridDraft(world.Snapshot);
            var still = world.Snapshot.Services.Values.Where(one => world.Memory.Settled.IsStill(draft, one)).ToList();
            settled += still.Count;
            AutomaticDeploys.Run(draft, new GridMemory(), world.Now, world.NewId);
            var deployed = draft.ServiceDeploys.Journal.Select(one => one.After!.Service);
            Assert.Empty(still.Select(one => one.Name).Intersect(deployed));
        });
        Assert.True(settled > 30, $"{settled} times a service was settled");
    }

    private static List<string> Upkeep(GridWorld world, GridSnapshot snapshot)
    {
        var draft = new GridDraft(snapshot);
        ServiceUpkeep.Run(draft, new GridMemory(), world.Now);
        return draft.Instances.Journal.Select(one => $"{one.Before?.Id} {one.After?.Desired} {one.After?.Generation}").Order(StringComparer.Ordinal).ToList();
    }

    private static void Same<T>(DocumentTable<T> table, Grouping<T> grouping)
        where T : class
    {
        var (kept, made) = (table.By(grouping), Grouped<T>.Of(table.Kind, grouping, table.Values));
        Assert.Equal(made.Keys, kept.Keys);
        Assert.All(made.Keys, key => Assert.Equal(made.Of(key), kept.Of(key)));
    }

    // Five minutes of a grid with everything that people and nodes do to it.
    private static void Live(int seed, Action<GridWorld> law)
    {
        var random = new Random(seed);
        var world = new GridWorld(nodes: 4, seed: seed, loss: 0.05);
        world.Put(Some.Service("web", Some.Spec(5)));
        world.Put(Some.Service("api", Some.Spec(3) with { Affinity = ["service!=lb"], MinHealth = 0.5 }));
        world.Put(Some.Service("lb", Some.Spec(2) with { Ports = [new PortMapping(80, 80)] }));
        world.Put(Some.Service("agent", Some.Spec(1) with { Strategy = "daemon" }));
        world.Put(Some.Service("db", Some.Spec(2) with { Stateful = true }));
        world.Laws.Add(() => law(world));
        for (var second = 0; second < 300; second++)
        {
            if (random.Next(4) == 0)
                Happen(world, random);
            world.Tick();
        }
    }

    private static void Happen(GridWorld world, Random random)
    {
        var number = random.Next(4) + 1;
        var node = $"node-{number}";
        var names = world.Snapshot.Services.Values.Where(one => one.RemovedAt is null).Select(one => one.Name).Order(StringComparer.Ordinal).ToList();
        var name = names[random.Next(names.Count)];
        switch (random.Next(10))
        {
            case 0:
                world.Lose(node);
                break;
            case 1:
                world.Doubt(node);
                break;
            case 2 or 3:
                world.Return(node);
                break;
            case 4:
                world.Put(Some.Node(number) with { Availability = random.Next(3) == 0 ? NodeAvailability.Drain : NodeAvailability.Active });
                break;
            case 5:
                world.Change(name, one => one with { State = random.Next(3) == 0 ? ServiceState.Stopped : ServiceState.Running });
                break;
            case 6:
                world.Change(name, one => one with { Spec = one.Spec with { Image = random.Next(6) == 0 ? "bad:1" : $"app:{random.Next(5)}" }, Revision = one.Revision + 1 });
                break;
            case 7:
                world.Change(name, one => one with { Spec = one.Spec with { Instances = random.Next(1, 5) } });
                break;
            case 8 when names.Count > 3 && random.Next(4) == 0:
                world.Change(name, one => one with { RemovedAt = world.Now });
                break;
            case 9 when random.Next(2) == 0:
                world.Apply(new GridInput.Start(world.NewId(), new StartRun { Grid = "test-grid", Stack = "shop", Service = name }));
                break;
            default:
                world.Deploy(name);
                break;
        }
    }
}

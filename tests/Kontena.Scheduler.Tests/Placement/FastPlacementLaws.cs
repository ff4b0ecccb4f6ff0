using FsCheck;
using FsCheck.Fluent;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;
using Kontena.Scheduler.Placement;
using Kontena.Scheduler.Tests.World;

namespace Kontena.Scheduler.Tests.Placement;

/// <summary>What makes planning fast changes no answer: grids with some history, planned on in the quick and in the plain way.</summary>
public sealed class FastPlacementLaws
{
    private static readonly DateTimeOffset Now = Some.Start.AddHours(1);

    private static readonly Gen<string[]> Affinities = Gen.Elements<string[]>(
        [], [], ["label==az=a"], ["label==~disk=ssd", "label!=~az=b"], ["service!=web"], ["service!=~web", "label==~az=a"], ["node!=node-1"],
        ["service==api"], ["service==~shop/db", "node!=~node-2"], ["node==node-%s"], ["node!=~node-%s"], ["container!=~/db-[12]/"],
        ["container==shop.api-1"], ["container!=shop.web-%s"]);

    private static readonly Gen<Service> Services =
        from name in Gen.Elements("web", "api", "db")
        from instances in Gen.Choose(1, 7)
        from strategy in Gen.Elements("ha", "ha", "daemon", "random", "binpack")
        from stateful in Gen.Frequency((5, Gen.Constant(false)), (1, Gen.Constant(true)))
        from volumes in Gen.Elements<string[]>([], [], [], ["data:/data"], ["/etc:/etc"])
        from memory in Gen.Elements(0L, 300L, 1500L)
        from cpus in Gen.Elements(0d, 0.1, 1.5)
        from port in Gen.Elements(0, 0, 80, 81)
        from affinity in Affinities
        from spread in Gen.Elements(null, null, "disk", "rack")
        from most in Gen.Elements<int?>(null, null, 1, 2)
        from reserved in Gen.Elements<long?>(null, null, 700)
        from net in Gen.Frequency((5, Gen.Constant("bridge")), (1, Gen.Constant("host")))
        from follows in Gen.Frequency((8, Gen.Constant("")), (1, Gen.Constant("api-%s")), (1, Gen.Constant("db-1")))
        select Some.Service(name, Some.Spec(instances) with
        {
            Strategy = strategy, Stateful = stateful, Memory = memory == 0 ? null : memory * Some.Mega, Cpus = cpus == 0 ? null : cpus,
            Ports = port == 0 ? [] : [new PortMapping(port, 8080)], Affinity = affinity, Volumes = volumes,
            Spread = spread, MaxPerNode = most, MemoryReservation = reserved * Some.Mega, Net = net,
            VolumesFrom = follows.Length == 0 || stateful ? [] : [follows],
        });

    private static readonly Arbitrary<(PlacementBed Bed, IReadOnlyList<Service> Services)> Grids =
        (from nodes in Gen.Choose(1, 9)
         from labels in Gen.SubListOf("az=a", "az=b", "disk=ssd", "ephemeral").ListOf(nodes)
         from past in Services.ListOf(4)
         from states in Gen.Frequency((6, Gen.Constant(0)), (1, Gen.Constant(1)), (1, Gen.Constant(2)), (1, Gen.Constant(3)), (1, Gen.Constant(4)), (2, Gen.Constant(5))).ListOf(nodes)
         from fates in Gen.Frequency((4, Gen.Constant(0)), (1, Gen.Constant(1)), (1, Gen.Constant(2)), (1, Gen.Constant(3))).ListOf(40)
         from future in Services.ListOf(4)
         select (Bed(labels, past, states, fates), (IReadOnlyList<Service>)future)).ToArbitrary();

    [Fact]
    public void The_quick_choice_is_the_plain_one() => Check((bed, services) =>
    {
        foreach (var service in services)
        {
            var quick = bed.Plan(service) as PlacementPlan.Placed;
            var plain = NaivePlanner.Plan(bed.Scene(), service, bed.Instances, Now, PlacementSeed.Of(service));
            Assert.Equal(plain, quick?.Assignments.Select(one => one.Node.Name));
        }
    });

    [Fact]
    public void The_reasons_lead_to_the_plan() => Check((bed, services) =>
    {
        foreach (var service in services)
        {
            var report = bed.Explain(service);
            if (bed.Plan(service) is PlacementPlan.Placed placed)
                Assert.Equal(placed.Assignments.Select(one => one.Node.Name), report.Instances.OrderBy(one => one.Number).Select(one => one.Node));
            foreach (var instance in report.Instances.Where(one => !one.Kept))
            {
                var best = instance.Nodes.Where(one => one.Exclusion is null).Select(one => one.Score.Select(term => term.Value).ToArray()).ToList();
                if (service.Spec.Strategy != "daemon")
                    Assert.Equal(instance.Node is not null, best.Count > 0);
                Assert.All(best, other => Assert.True(best[0].Length == 0 || Less(best[0], other)));
            }
        }
    });

    private static bool Less(long[] one, long[] other)
    {
        var at = one.Zip(other).TakeWhile(pair => pair.First == pair.Second).Count();
        return at == one.Length || one[at] < other[at];
    }

    [Fact]
    public void A_filter_admits_exactly_what_it_does_not_exclude() => Check((bed, services) =>
    {
        foreach (var service in services)
        {
            Assert.True(PlacementRun.TryBegin(bed.Scene(), service, bed.Instances, Now, 1, out var run, out _));
            run.Board.Choose(service.Spec.Instances, run.Board.Scene.Nodes[0]);
            for (var number = PlacementQuery.Newcomer; number < service.Spec.Instances; number++)
            {
                var query = run.Query(number);
                Assert.All(run.Board.Scene.Nodes, node => Assert.Equal(run.Excluded(query, node) is null, run.Admits(query, node)));
            }
        }
    });

    [Fact]
    public void A_scene_that_moved_forward_is_the_scene_made_anew() => Check((bed, _) =>
    {
        var empty = new PlacementScene(bed.Nodes, name => bed.Liveness.GetValueOrDefault(name), new SceneRules(), []);
        var scene = empty;
        foreach (var instance in bed.Instances)
        {
            var elsewhere = instance with { Node = bed.Nodes[^1].Name, NodeId = bed.Nodes[^1].NodeId, Departures = [] };
            scene = scene.After([(null, elsewhere)]).After([(elsewhere, instance)]);
        }

        Assert.Equal(Text(bed.Scene()), Text(scene));
        Assert.Equal(
            Text(empty),
            Text(scene.After(bed.Instances.Select(one => ((Instance?)one, (Instance?)null)))));
    });

    private static string Text(PlacementScene scene) => string.Join('\n', scene.Nodes.Select(node =>
        $"{node.Name} {scene.On(node).Load} {string.Join(' ', scene.On(node).All.Select(one => $"{one.Name}{one.Leaving}").Order(StringComparer.Ordinal))} "
        + string.Join(' ', scene.On(node).WithPorts.Select(one => one.Name).Order(StringComparer.Ordinal))));

    private static void Check(Action<PlacementBed, IReadOnlyList<Service>> law) =>
        Prop.ForAll(Grids, one => law(one.Bed, one.Services)).Check(Config.QuickThrowOnFailure.WithMaxTest(400));

    /// <summary>Services settled on whole nodes; then nodes drain, vanish or are made anew, and instances are lost, released or parked.</summary>
    private static PlacementBed Bed(List<List<string>> labels, List<Service> past, List<int> states, List<int> fates)
    {
        var bed = new PlacementBed([.. labels.Select((some, at) => Some.Node(at + 1, [.. some]))]);
        foreach (var service in past.DistinctBy(one => one.Uid))
        {
            if (bed.Plan(service) is PlacementPlan.Placed)
                bed.Settle(service);
        }

        bed.Replace(node => states[node.Number - 1] switch
        {
            1 => node with { Availability = NodeAvailability.Drain },
            4 => node with { NodeId = node.NodeId + "-anew" },
            _ => node,
        });
        foreach (var node in bed.Nodes)
        {
            bed.Liveness[node.Name] = states[node.Number - 1] switch
            {
                2 => Some.Offline(node.Name, Now.AddMinutes(-node.Number)),
                3 => Some.Online(node.Name) with { State = LivenessState.Suspect },
                5 => Some.Online(node.Name) with { Troubles = ["the container engine can't be asked"] },
                _ => Some.Online(node.Name),
            };
        }

        for (var at = 0; at < bed.Instances.Count; at++)
        {
            var one = bed.Instances[at];
            var leaves = new Departure(one.Node!, one.NodeId!, 2, Now);
            bed.Instances[at] = fates[at % fates.Count] switch
            {
                1 => one with { Node = null, NodeId = null, Departures = [leaves] },
                2 => one with { Desired = DesiredState.Removed, Departures = [leaves] },
                3 => one with { Node = bed.Nodes[0].Name, NodeId = bed.Nodes[0].NodeId, Departures = one.Node == bed.Nodes[0].Name ? [] : [leaves] },
                _ => one,
            };
        }

        return bed;
    }
}

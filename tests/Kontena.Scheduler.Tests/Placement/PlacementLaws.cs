using FsCheck;
using FsCheck.Fluent;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;
using Kontena.Scheduler.Placement;
using Kontena.Scheduler.Placement.Filters;
using Kontena.Scheduler.Tests.World;

namespace Kontena.Scheduler.Tests.Placement;

/// <summary>What holds for every grid.</summary>
public sealed class PlacementLaws
{
    private static readonly Gen<PlacementBed> Beds =
        from nodes in Gen.Choose(0, 6)
        from labels in Gen.Elements("az=a", "az=b", "disk=ssd", "ephemeral").ListOf(nodes)
        from states in Gen.Frequency((6, Gen.Constant(0)), (1, Gen.Constant(1)), (1, Gen.Constant(2)), (1, Gen.Constant(3))).ListOf(nodes)
        select Bed(labels, states);

    private static readonly Gen<Service> Services =
        from name in Gen.Elements("web", "api", "db")
        from instances in Gen.Choose(1, 5)
        from strategy in Gen.Elements("ha", "daemon", "random")
        from stateful in Gen.Frequency((4, Gen.Constant(false)), (1, Gen.Constant(true)))
        from memory in Gen.Elements(0L, 0L, 500L, 1500L)
        from cpus in Gen.Elements(0d, 0d, 0.5, 2)
        from port in Gen.Elements(0, 0, 80, 81)
        from protocol in Gen.Elements("tcp", "udp")
        from ip in Gen.Elements("0.0.0.0", "10.0.0.1", "10.0.0.2")
        from affinity in Gen.Elements<string[]>([], [], ["label==az=a"], ["label==~disk=ssd"], ["service!=~web"], ["node!=node-1"], ["service!=api"])
        select Some.Service(name, Some.Spec(instances) with
        {
            Strategy = strategy, Stateful = stateful, Memory = memory == 0 ? null : memory * Some.Mega, Cpus = cpus == 0 ? null : cpus,
            Ports = port == 0 ? [] : [new PortMapping(port, 8080, ip, protocol)], Affinity = affinity,
        });

    private static readonly Arbitrary<(PlacementBed Bed, IReadOnlyList<Service> Services)> Grids =
        (from bed in Beds from services in Services.ListOf(3) select (bed, (IReadOnlyList<Service>)services)).ToArbitrary();

    [Fact]
    public void The_same_input_has_the_same_answer() => Check((bed, services) =>
    {
        foreach (var service in services)
            Assert.Equal(Text(bed.Plan(service)), Text(bed.Plan(service)));
    });

    [Fact]
    public void Never_two_instances_on_one_port_of_a_node() => Check((bed, services) =>
    {
        Settle(bed, services);
        foreach (var node in bed.Instances.GroupBy(one => one.Node))
        {
            var ports = node.SelectMany(one => one.Spec!.Ports).ToList();
            for (var one = 0; one < ports.Count; one++)
                Assert.DoesNotContain(ports.Skip(one + 1), other => PortFilter.Collide(ports[one], other));
        }
    });

    [Fact]
    public void Reservations_never_exceed_a_node() => Check((bed, services) =>
    {
        Settle(bed, services);
        foreach (var node in bed.Instances.GroupBy(one => one.Node))
        {
            Assert.True(node.Sum(one => one.Spec!.Memory ?? 0) <= 4096 * Some.Mega);
            Assert.True(node.Sum(one => one.Spec!.Cpus ?? 0) <= 4);
        }
    });

    [Fact]
    public void Nodes_that_drain_or_are_away_gain_nothing() => Check((bed, services) =>
    {
        Settle(bed, services);
        Assert.All(bed.Instances, one =>
        {
            Assert.Equal(LivenessState.Online, bed.Liveness[one.Node!].State);
            Assert.Equal(NodeAvailability.Active, bed.Nodes.Single(node => node.Name == one.Node).Availability);
        });
    });

    [Fact]
    public void A_plan_that_was_applied_changes_nothing_when_made_again() => Check((bed, services) =>
    {
        Settle(bed, services);
        foreach (var service in services.DistinctBy(one => one.Uid))
        {
            if (bed.Plan(service) is not PlacementPlan.Placed placed)
                continue;
            var now = bed.Instances.Where(one => one.ServiceUid == service.Uid).Select(one => one.Node);
            if (now.Any() && now.Count() == placed.Assignments.Count && placed.Assignments.All(one => one.Kept))
                Assert.Equal(now, placed.Assignments.Select(one => one.Node.Name));
        }
    });

    [Fact]
    public void Placement_keeps_what_is_satisfied() => Check((bed, services) =>
    {
        var service = services[0] with { Spec = services[0].Spec with { Affinity = [] } };
        if (bed.Plan(service) is not PlacementPlan.Placed)
            return;
        var before = bed.Settle(service);
        var grown = service with { Spec = service.Spec with { Instances = service.Spec.Instances + 1 } };
        if (bed.Plan(grown) is PlacementPlan.Placed placed)
            Assert.Equal(before, placed.Assignments.Take(before.Count).Select(one => one.Node.Number));
    });

    [Fact]
    public void Soft_affinity_never_empties_the_candidates() => Check((bed, services) =>
    {
        // One instance: with several, wishes may fill nodes in an order that leaves another hole, which is packing and not candidates.
        var plain = services[0] with { Spec = services[0].Spec with { Affinity = [], Instances = 1, Strategy = "ha" } };
        var wishing = plain with
        {
            Spec = plain.Spec with { Affinity = ["label==~nowhere", "node!=~/node/", "service==~nobody", "label==~az=a"] },
        };
        Assert.Equal(bed.Plan(plain).GetType(), bed.Plan(wishing).GetType());
    });

    [Fact]
    public void Every_refusal_names_each_node_and_a_remedy() => Check((bed, services) =>
    {
        foreach (var service in services)
        {
            if (bed.Plan(service) is not PlacementPlan.Refused refused)
                continue;
            Assert.Equal(bed.Nodes.Count, refused.Explanation.Nodes.Count);
            Assert.All(refused.Explanation.Nodes, one => Assert.NotEmpty(one.Exclusion.Remedy));
        }
    });

    private static void Check(Action<PlacementBed, IReadOnlyList<Service>> law) =>
        Prop.ForAll(Grids, one => law(one.Bed, one.Services)).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    private static void Settle(PlacementBed bed, IReadOnlyList<Service> services)
    {
        foreach (var service in services.DistinctBy(one => one.Uid))
        {
            if (bed.Plan(service) is PlacementPlan.Placed)
                bed.Settle(service);
        }
    }

    private static string Text(PlacementPlan plan) => plan switch
    {
        PlacementPlan.Placed placed => string.Join(",", placed.Assignments.Select(one => one.Node.Name)),
        PlacementPlan.Refused refused => refused.Explanation.ToString(),
        _ => "",
    };

    private static PlacementBed Bed(List<string> labels, List<int> states)
    {
        var nodes = labels.Select((label, at) => Some.Node(at + 1, label) with
        {
            Availability = states[at] == 1 ? NodeAvailability.Drain : NodeAvailability.Active,
        });
        var bed = new PlacementBed(nodes.ToList());
        for (var at = 0; at < states.Count; at++)
        {
            var name = $"node-{at + 1}";
            bed.Liveness[name] = states[at] switch
            {
                2 => Some.Offline(name, Some.Start),
                3 => Some.Online(name) with { State = LivenessState.Suspect },
                _ => Some.Online(name),
            };
        }

        return bed;
    }
}

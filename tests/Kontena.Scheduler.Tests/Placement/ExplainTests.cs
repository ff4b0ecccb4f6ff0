using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;
using Kontena.Scheduler.Placement;
using Kontena.Scheduler.Tests.World;

namespace Kontena.Scheduler.Tests.Placement;

/// <summary>For each instance and node, which rule excluded it or how it scored.</summary>
public sealed class ExplainTests
{
    [Fact]
    public void Each_node_says_why_not_or_how_good()
    {
        var bed = new PlacementBed([Some.Node(1, "az=a"), Some.Node(2, "az=b", "disk=ssd"), Some.Node(3, "az=b"), Some.Node(4, "gpu")]);
        bed.Replace(node => node.Number == 3 ? node with { Availability = NodeAvailability.Drain } : node);
        bed.Settle(Some.Service("db", Some.Spec() with { Affinity = ["node==node-2"], Memory = 1024 * Some.Mega }));
        var service = Some.Service(spec: Some.Spec(2) with { Affinity = ["label!=gpu", "label==~disk=ssd"] });

        var report = bed.Explain(service);
        var first = report.Instances[0];
        Assert.Equal((1, "shop.web-1", "node-2", false), (first.Number, first.Name, first.Node, first.Kept));
        Assert.Equal(["node-2", "node-1", "node-3", "node-4"], first.Nodes.Select(one => one.Node));
        Assert.Equal(
            [
                new ScoreTerm("misses label==~disk=ssd", 0), new ScoreTerm("own instances in az=b", 0), new ScoreTerm("own instances on the node", 0),
                new ScoreTerm("tenths of its memory reserved", 2), new ScoreTerm("instances of others on the node", 1), new ScoreTerm("number of the node", 2),
            ],
            first.Nodes[0].Score);
        Assert.Equal(1, first.Nodes[1].Score[0].Value);
        Assert.Equal(["availability", "affinity"], first.Nodes.Skip(2).Select(one => one.Exclusion?.Rule));
        Assert.Equal(1, report.Instances[1].Nodes.Single(one => one.Node == "node-2").Score[1].Value);
    }

    [Fact]
    public void What_stays_is_told_apart_and_one_instance_can_be_asked_for()
    {
        var bed = new PlacementBed(2);
        bed.Settle(Some.Service(spec: Some.Spec(2)));
        var report = bed.Explain(Some.Service(spec: Some.Spec(3)));
        Assert.Equal([true, true, false], report.Instances.Select(one => one.Kept));
        Assert.Equal([3], bed.Explain(Some.Service(spec: Some.Spec(3)), only: 3).Instances.Select(one => one.Number));
    }

    [Fact]
    public void A_refusal_ends_with_the_instance_that_found_none()
    {
        var bed = new PlacementBed(2);
        var report = bed.Explain(Some.Service(spec: Some.Spec(3) with { Ports = [new PortMapping(80, 80)] }));
        Assert.Equal(["node-1", "node-2", null], report.Instances.Select(one => one.Node));
        Assert.All(report.Instances[2].Nodes, node => Assert.Equal("port", node.Exclusion?.Rule));
        bed.Rules = new SceneRules { Quota = new Contracts.Grids.Quota(Instances: 0) };
        Assert.Contains("quota of grid", bed.Explain(Some.Service()).Instances.Single().Problem, StringComparison.Ordinal);
        Assert.Contains("looks at 'zone'", bed.Explain(Some.Service(spec: Some.Spec() with { Affinity = ["zone==a"] })).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_degraded_node_gets_nothing_new_while_another_may_take_it_and_is_not_emptied()
    {
        var bed = new PlacementBed([Some.Node(1, "disk=ssd", "az=a"), Some.Node(2, "az=b"), Some.Node(3, "az=b") with { Availability = NodeAvailability.Drain }]);
        bed.Settle(Some.Service(spec: Some.Spec(2)));
        bed.Liveness["node-1"] = Some.Online("node-1") with { Troubles = ["the container engine can't be asked: timeout"] };
        var service = Some.Service(spec: Some.Spec(4) with { Affinity = ["label==~disk=ssd"] });

        Assert.Equal([1, 2, 2, 2], bed.Place(service));
        var third = bed.Explain(service).Instances[2];
        Assert.Equal(("node-2", new ScoreTerm("degraded", 0)), (third.Node, third.Nodes[0].Score[0]));
        Assert.Equal(("node-1", new ScoreTerm("degraded (the container engine can't be asked: timeout)", 1)), (third.Nodes[1].Node, third.Nodes[1].Score[0]));

        bed.Replace(node => node.Number == 2 ? node with { Availability = NodeAvailability.Drain } : node);
        Assert.Equal([1, 1, 1, 1], bed.Place(service));
    }

    [Fact]
    public void A_degraded_node_gets_its_own_of_a_service_that_runs_on_every_node()
    {
        var bed = new PlacementBed(2);
        bed.Liveness["node-1"] = Some.Online("node-1") with { Troubles = ["x"] };
        Assert.Equal([1, 2], bed.Place(Some.Service(spec: Some.Spec() with { Strategy = "daemon" })).Order());
    }

    [Fact]
    public void As_many_instances_are_told_of_as_asked_for_and_the_one_without_a_node_always()
    {
        var bed = new PlacementBed(3);
        var report = bed.Explain(Some.Service(spec: Some.Spec(4) with { Ports = [new PortMapping(80, 80)] }), most: 1);
        Assert.Equal([1, 4], report.Instances.Select(one => one.Number));
        Assert.Equal([1, 2, 3], Assert.IsType<PlacementPlan.Refused>(report.Plan).Found.Select(one => one.Number));
    }
}

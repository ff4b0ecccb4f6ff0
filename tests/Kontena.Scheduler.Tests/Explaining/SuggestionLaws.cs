using FsCheck;
using FsCheck.Fluent;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Placement;
using Kontena.Contracts.Services;
using Kontena.Scheduler.Explaining;
using Kontena.Scheduler.Snapshots;
using Kontena.Scheduler.Tests.World;

namespace Kontena.Scheduler.Tests.Explaining;

public sealed class SuggestionLaws
{
    private static readonly DateTimeOffset Now = Some.Start.AddHours(1);

    private static readonly Gen<(GridWorld World, Service Service)> Refusals =
        from nodes in Gen.Choose(0, 4)
        from labels in Gen.Elements("az=a", "az=b", "disk=ssd").ListOf(nodes)
        from drains in Gen.Frequency((2, Gen.Constant(false)), (1, Gen.Constant(true))).ListOf(nodes)
        from instances in Gen.Choose(1, 8)
        from strategy in Gen.Elements("ha", "daemon", "random", "binpack")
        from memory in Gen.Elements(0L, 1500L, 5000L)
        from port in Gen.Elements(0, 80)
        from affinity in Gen.Elements<string[]>([], [], ["label==disk=ssd"], ["label==gpu"], ["node!=node-1"], ["label==disk=ssd", "label==az=a"], ["node==node-9"])
        select Grid(labels, drains, Some.Service(spec: Some.Spec(instances) with
        {
            Strategy = strategy, Memory = memory == 0 ? null : memory * Some.Mega, Ports = port == 0 ? [] : [new PortMapping(port, 80)], Affinity = affinity,
        }));

    [Fact]
    public void Carrying_out_any_suggestion_lets_every_instance_be_placed()
    {
        var tried = new HashSet<string>();
        Prop.ForAll(Refusals.ToArbitrary(), one =>
        {
            var (world, service) = one;
            foreach (var change in Explain(world.Snapshot, service).Suggestions)
            {
                tried.Add(change.Kind);
                var (grid, changed) = CarryOut(world.Snapshot, service, change);
                var after = Explain(grid, changed);
                Assert.True(after.Wanted == after.Placed && after.Suggestions.Count == 0, change.Text);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(400));
        Assert.Equal(["activate", "add-nodes", "drop-affinity", "scale"], tried.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_is_placed_needs_no_suggestion()
    {
        var world = new GridWorld(nodes: 2);
        var service = world.Put(Some.Service(spec: Some.Spec(2)));
        Assert.Empty(Explain(world.Snapshot, service).Suggestions);
    }

    private static (GridWorld World, Service Service) Grid(List<string> labels, List<bool> drains, Service service)
    {
        var world = new GridWorld();
        for (var at = 0; at < labels.Count; at++)
            world.Add(Some.Node(at + 1, labels[at]) with { Availability = drains[at] ? NodeAvailability.Drain : NodeAvailability.Active });
        return (world, world.Put(service));
    }

    // As a person would: by the fields of the suggestion, not by the code that made it.
    private static (GridSnapshot Grid, Service Service) CarryOut(GridSnapshot snapshot, Service service, SuggestedChange change)
    {
        var world = new GridWorld { Snapshot = snapshot };
        switch (change.Kind)
        {
            case "scale":
                service = world.Put(service with { Spec = service.Spec with { Instances = change.Instances!.Value } });
                break;
            case "drop-affinity":
                service = world.Put(service with { Spec = service.Spec with { Affinity = [.. service.Spec.Affinity.Where(rule => rule != change.Affinity)] } });
                break;
            case "activate":
                foreach (var name in change.Nodes!)
                    world.Put(snapshot.Nodes.Find(name)! with { Availability = NodeAvailability.Active });
                break;
            case "add-nodes":
                for (var more = 0; more < change.Count; more++)
                {
                    var facts = new NodeFacts { Cpus = change.Cpus!.Value, MemoryTotal = change.Memory!.Value };
                    world.Add(Some.Node(100 + more, [.. change.Labels!]) with { Facts = facts });
                }

                break;
        }

        return (world.Snapshot, service);
    }

    private static PlacementExplained Explain(GridSnapshot snapshot, Service service) => ServiceExplainer.Explain(
        snapshot, new ExplainPlacement { Grid = "test-grid", Stack = service.Stack, Service = service.Name }, Now);
}

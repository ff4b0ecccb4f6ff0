using Kontena.Contracts.Nodes;
using Kontena.Contracts.Placement;
using Kontena.Contracts.Services;
using Kontena.Scheduler.Explaining;
using Kontena.Scheduler.Snapshots;
using Kontena.Scheduler.Tests.World;
using Kontena.State;
using Kontena.State.Documents;

namespace Kontena.Scheduler.Tests.Explaining;

/// <summary>A question about a large service costs a placement run or a few, not a run for each of its instances.</summary>
public sealed class LargeServiceTests(ITestOutputHelper output)
{
    private static readonly DateTimeOffset Now = Some.Start.AddHours(1);
    private static readonly GridSnapshot Grid = Nodes(1000);

    [Fact]
    public void All_instances_are_counted_and_few_told_of()
    {
        var answer = Explain(Some.Service(spec: Some.Spec(1000)));
        Assert.Equal((1000, 1000, 50, 950), (answer.Wanted, answer.Placed, answer.Instances.Count, answer.More));
        Assert.All(answer.Instances, one => Assert.Equal(ServiceExplainer.Most, one.Nodes.Count));
    }

    [Fact]
    public void The_one_without_a_node_is_told_of_with_what_would_help()
    {
        // A port on each of a thousand nodes: the last finds none.
        var answer = Explain(Some.Service(spec: Some.Spec(1001) with { Ports = [new PortMapping(80, 80)] }));
        Assert.Equal((1001, 1000, 51, 950), (answer.Wanted, answer.Placed, answer.Instances.Count, answer.More));
        Assert.Null(answer.Instances[^1].Node);
        Assert.Equal(["add-nodes", "scale"], answer.Suggestions.Select(one => one.Kind));
    }

    private PlacementExplained Explain(Service service)
    {
        var snapshot = Grid with { Services = Grid.Services.Reread("shop/web", new Versioned<Service>(service, 1)) };
        var question = new ExplainPlacement { Grid = "test-grid", Stack = "shop", Service = "web" };
        ServiceExplainer.Explain(snapshot, question, Now);
        var began = TimeProvider.System.GetTimestamp();
        var answer = ServiceExplainer.Explain(snapshot, question, Now);
        var took = TimeProvider.System.GetElapsedTime(began);
        output.WriteLine($"{service.Spec.Instances} instances on {Grid.Nodes.ById.Count} nodes: {took.TotalMilliseconds:0} ms");
        // Ten times what it takes on a busy machine of two cores: only a step of another order breaks it.
        Assert.True(took < TimeSpan.FromSeconds(5), $"took {took.TotalSeconds:0.0} s");
        return answer;
    }

    private static GridSnapshot Nodes(int count)
    {
        var nodes = Enumerable.Range(1, count).Select(number => Some.Node(number)).ToList();
        return new GridSnapshot
        {
            Name = "test-grid", Epoch = 1, Grid = Some.Grid(),
            Nodes = DocumentTable<Node>.Of(StateKeys.Node, nodes.Select(node => new Versioned<Node>(node, 1))),
            Liveness = DocumentTable<NodeLiveness>.Of(
                StateKeys.NodeLiveness, nodes.Select(node => new Versioned<NodeLiveness>(Some.Online(node.Name), 1))),
        };
    }
}

using Kontena.Contracts.Instances;
using Kontena.Contracts.Placement;
using Kontena.Contracts.Services;
using Kontena.Contracts.Stacks;
using Kontena.Scheduler.Explaining;
using Kontena.Scheduler.InstanceSpecs;
using Kontena.Scheduler.Snapshots;
using Kontena.Scheduler.Tests.World;
using Kontena.State;
using Kontena.State.Documents;

namespace Kontena.Scheduler.Tests.Explaining;

public sealed class ReachExplainerTests
{
    private static readonly ServiceSpec Linked = Some.Spec() with { Links = [new ServiceLink("shop", "db", "db")] };
    private static readonly Service Db = Some.Service("db");

    [Theory]
    [InlineData("grid", "private", null, null)]
    [InlineData(null, null, null, null)]
    [InlineData("private", null, null, "private: reached by stack shop and by services with a link to it (there are none)")]
    [InlineData(null, "private", null, "private: reached by stack shop and by services with a link to it (there are none)")]
    [InlineData("private", null, "web", "private: reached by stack shop and by services with a link to it (there are none)")]
    [InlineData("private", null, "db", "reached by everybody in the grid: stack shop is private, and exposes this service")]
    public void It_is_told_who_reaches_a_service_of_a_private_stack(string? networks, string? grid, string? expose, string? expected) =>
        Assert.Equal(expected, Explain(Snapshot(networks, grid, expose)));

    [Fact]
    public void Services_of_other_stacks_with_a_link_are_named_and_published_ports_said()
    {
        var db = Db with { Spec = Db.Spec with { Ports = [new PortMapping(5432, 5432)] } };
        Service[] others =
        [
            Some.Service("proxy", Linked, stack: "front"), Some.Service("job", Linked, stack: Service.NoStack), Some.Service("gone", Linked, stack: "front") with { RemovedAt = Some.Start },
            Some.Service("web", Linked), Some.Service("else", Some.Spec() with { Links = [new ServiceLink("shop", "web", "db")] }, stack: "front"),
        ];
        Assert.Equal(
            "private: reached by stack shop, by services with a link to it (front/proxy, job), and by everybody at the ports that it publishes",
            Explain(Snapshot("private", null, null, [db, .. others])));

        var many = Enumerable.Range(10, 15).Select(number => Some.Service($"s{number}", Linked, stack: "front"));
        Assert.EndsWith("front/s18, front/s19 and 5 more)", Explain(Snapshot("private", null, null, [Db, .. many])), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_in_force_counts_and_not_what_a_later_deploy_will_make_of_it()
    {
        var closed = Snapshot("private", null, null);
        var spec = InstanceSpecBuilder.Build(Db, closed.Stacks.Find("shop"), Some.Node(1), 1, "r1");
        var instance = new Instance
        {
            Id = "1", Grid = "test-grid", Stack = "shop", Service = "db", ServiceUid = Db.Uid, Number = 1, Generation = 1, Desired = DesiredState.Running, Spec = spec,
            CreatedAt = Some.Start, UpdatedAt = Some.Start,
        };
        Assert.StartsWith("private", ReachExplainer.Of(Snapshot("grid", null, null), Db, [instance]), StringComparison.Ordinal);
        Assert.Null(ReachExplainer.Of(closed, Db, [instance with { Spec = spec with { Private = false, OfPrivateStack = false } }]));
        Assert.Null(ReachExplainer.Of(closed, Db with { Spec = Db.Spec with { Net = "host" } }, []));
    }

    private static string? Explain(GridSnapshot snapshot) =>
        ServiceExplainer.Explain(snapshot, new ExplainPlacement { Grid = "test-grid", Stack = "shop", Service = "db" }, Some.Start).Reach;

    private static GridSnapshot Snapshot(string? networks, string? grid, string? expose, IEnumerable<Service>? services = null)
    {
        var stack = Some.Stack(expose: expose);
        return new GridSnapshot
        {
            Name = "test-grid", Epoch = 1, Grid = Some.Grid() with { StackNetworks = grid },
            Stacks = DocumentTable<Stack>.Of(StateKeys.Stack, [new Versioned<Stack>(stack with { Latest = stack.Latest with { Networks = networks } }, 1)]),
            Services = DocumentTable<Service>.Of(StateKeys.Service, (services ?? [Db]).Select(one => new Versioned<Service>(one, 1))),
        };
    }
}

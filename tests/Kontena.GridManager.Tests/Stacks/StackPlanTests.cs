using Kontena.Contracts.Commands;
using Kontena.Contracts.Grids;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;
using Kontena.Contracts.Stacks;
using Kontena.GridManager.Decisions;
using Kontena.GridManager.Stacks;
using Kontena.State.Documents;
using Xunit;

namespace Kontena.GridManager.Tests.Stacks;

public sealed class StackPlanTests
{
    private static readonly StackRequest Same = Some.StackRequest(Some.Request("web", "db"), Some.Request("db"));
    private static readonly DateTimeOffset Later = Some.Now.AddMinutes(1);

    [Fact]
    public void A_plan_tells_field_by_field_what_changes_and_commits_nothing()
    {
        var web = Some.Request("web", "db") with { Image = "web:2", Env = ["MODE=prod"], Instances = 3 };
        var decision = Decide(Grid(), Some.StackRequest(web, Some.Request("cache"), Some.Request("db")));

        Assert.Null(decision.Batch);
        var plan = decision.Reply;
        Assert.Equal((1, 2), (plan.Revision, plan.NextRevision));
        Assert.Equal(["cache create", "db none", "web update"], plan.Services.Select(one => $"{one.Name} {one.Change}").Order(StringComparer.Ordinal));
        Assert.Equal(
            ["image: web:1 → web:2", "instances: 1 → 3", "env.MODE:  → prod"],
            plan.Services.Single(one => one.Name == "web").Fields.Select(one => $"{one.Field}: {one.Before} → {one.After}"));
        Assert.Equal(3, plan.Services.Single(one => one.Name == "web").Spec!.Instances);
    }

    [Fact]
    public void Of_a_new_service_what_it_says_beyond_the_defaults_is_told() => Assert.Equal(
        ["image: web:1", "instances: 2"],
        Decide(Some.Snapshot(), Some.StackRequest(Some.Request("web") with { Instances = 2 })).Reply.Services.Single().Fields.Select(one => $"{one.Field}: {one.Before}{one.After}"));

    [Fact]
    public void Everything_that_moved_is_named_at_once()
    {
        var grid = Grid() with { Liveness = [Live("core-1", LivenessState.Online), Live("core-2", LivenessState.Offline)] };
        var moved = grid with { Stacks = [new Versioned<Stack>(grid.Stacks[0].Value with { Revision = 2 }, 6)] };
        Assert.Equal(
            "Refused; plan.[]: stack shop is at revision 2 now; plan.[]: core-2 is offline; plan again: kontena stack plan",
            Update(moved, Same with { Plan = TokenOf(Grid(), Same) }).Show());
    }

    [Fact]
    public void What_leaves_and_what_is_stopped_is_told_of()
    {
        var grid = Some.Snapshot(
            Some.Stack(Some.Request("web", "db"), Some.Request("db")), Some.Service("shop/web") with { State = ServiceState.Running },
            Some.Service("shop/db") with { State = ServiceState.Stopped });
        Assert.Equal(["db start", "web remove"], Decide(grid, Some.StackRequest(Some.Request("db"))).Reply.Services.Select(one => $"{one.Name} {one.Change}"));
    }

    [Theory]
    [InlineData("API_TOKEN=hunter2", "API_TOKEN=hunter3")]
    [InlineData("DB_PASSWORD=hunter2", "DB_PASSWORD=")]
    [InlineData("database=postgres://shop:hunter2@db/shop", "database=postgres://shop:hunter3@db/shop")]
    [InlineData("CACHE=redis://:p/hunter2@host", "CACHE=redis://:p/hunter3@host")]
    [InlineData("REPO=https://ghp_hunter2@github.com/acme/shop", "REPO=https://ghp_hunter3@github.com/acme/shop")]
    [InlineData("DB=postgres://u:a@hunter2@host", "DB=postgres://u:a@hunter3@host")]
    [InlineData("ConnectionStrings__Default=Server=db;Password=hunter2;Pooling=true", "ConnectionStrings__Default=Server=db;Password=hunter3;Pooling=true")]
    [InlineData("ConnectionStrings__Default=Server=db;Pwd = \"a;hunter2\"", "ConnectionStrings__Default=Server=db;Pwd = \"a;hunter3\"")]
    [InlineData("JDBC=Server=db; password = my own hunter2; Encrypt=yes", "JDBC=Server=db; password = my own hunter3; Encrypt=yes")]
    [InlineData("BUS=host=db token=\"hunter2 sslmode=off", "BUS=host=db token=\"hunter3 sslmode=off")]
    [InlineData("HOOK=https://chat/hook?token=hunter2&room=1", "HOOK=https://chat/hook?token=hunter3&room=1")]
    public void Secrets_are_not_shown(string before, string after)
    {
        var fields = SpecChanges.Of(
            new ServiceSpec { Image = "a", Env = [before], LogOpts = new Dictionary<string, string> { ["splunk-token"] = "hunter2" } },
            new ServiceSpec { Image = "a", Env = [after], LogOpts = new Dictionary<string, string> { ["splunk-token"] = "hunter3" } });
        Assert.Equal(2, fields.Count);
        Assert.All(fields, one => Assert.NotEqual(one.Before, one.After));
        Assert.DoesNotContain("hunter", string.Concat(fields), StringComparison.Ordinal);
    }

    [Fact]
    public void Secrets_are_not_shown_in_commands_and_what_surrounds_them_is()
    {
        var fields = SpecChanges.Of(
            new ServiceSpec { Image = "a", Cmd = ["serve", "--db-password=hunter2", "--port=80"] },
            new ServiceSpec { Image = "a", Cmd = ["serve", "--db-password=hunter2", "--port=81"] });
        Assert.Equal("serve, --db-password=(hidden), --port=81", fields.Single(one => one.Field == "cmd").After);
    }

    [Fact]
    public void A_mistake_is_told_as_the_change_would_tell_it()
    {
        var request = Some.StackRequest(Some.Request("web", "nope"));
        Assert.Equal(Create(Some.Snapshot(), request).Show(), Decide(Some.Snapshot(), request).Reply.Result.Show());
        Assert.Equal(Update(Grid(), request).Show(), Decide(Grid(), request).Reply.Result.Show());
    }

    [Fact]
    public void A_change_of_what_was_planned_goes_through()
    {
        var wanted = Same with { Source = "stack: acme/shop # 2" };
        Assert.Equal("Done", Update(Grid(), wanted with { Plan = TokenOf(Grid(), wanted) }).Show());
        Assert.Equal("Done", Create(Some.Snapshot(Some.Node(1)), Same with { Plan = TokenOf(Some.Snapshot(Some.Node(1)), Same) }).Show());
        // In another order it is the same file.
        var turned = wanted with { Services = [.. wanted.Services!.Reverse()], Labels = ["team=a"] };
        Assert.Equal("Done", Update(Grid(), turned with { Plan = TokenOf(Grid(), wanted) }).Show());
    }

    [Fact]
    public void A_heartbeat_a_suspicion_a_trouble_and_new_facts_of_no_consequence_are_no_drift()
    {
        var token = TokenOf(Grid(), Same);
        var grid = Grid();
        grid = grid with
        {
            Liveness =
            [
                Live("core-1", LivenessState.Online) with { Value = Live("core-1", LivenessState.Online).Value with { LastSeenAt = Later, ClockAhead = 3, Troubles = ["slow"] } },
                Live("core-2", LivenessState.Suspect),
            ],
            Nodes = [.. grid.Nodes.Select(one => one with { Version = 9, Value = one.Value with { UpdatedAt = Later, Facts = one.Value.Facts! with { KernelVersion = "7" } } })],
        };
        Assert.Equal("Done", Update(grid, Same with { Plan = token }).Show());
    }

    public static TheoryData<string, string> Drifts => new()
    {
        { "file", "the file, or a value of its variables, is not the one that was planned" },
        { "revision", "stack shop is at revision 2 now" },
        { "service", "shop/web is at revision 2 with 1 instance, initialized" },
        { "scale", "other/x is at revision 1 with 4 instances, initialized" },
        { "new service", "other/y is new" },
        { "service removed", "other/x is being removed" },
        { "service gone", "1 service is gone" },
        { "node lost", "core-2 is offline" },
        { "node added", "core-3 has joined" },
        { "node removed", "1 node is gone" },
        { "label", "core-1 has other labels, another size or availability" },
        { "drain", "core-1 has other labels, another size or availability" },
        { "quota", "the grid's default affinity, quotas or volumes have changed" },
    };

    [Theory]
    [MemberData(nameof(Drifts))]
    public void What_matters_is_drift_and_is_named(string what, string said)
    {
        var token = TokenOf(Grid(), Same);
        var grid = Grid();
        var request = Same with { Plan = token };
        GridSnapshot Node(Func<Node, Node> change) =>
            grid with { Nodes = [grid.Nodes[0] with { Value = change(grid.Nodes[0].Value) with { UpdatedAt = Later } }, .. grid.Nodes.Skip(1)] };
        GridSnapshot Service(string name, Func<Service, Service> change) => grid with
        {
            Services = [.. grid.Services.Select(one => one.Value.Name == name ? one with { Value = change(one.Value) with { UpdatedAt = Later } } : one)],
        };
        switch (what)
        {
            case "file": request = request with { Services = [Some.Request("web", "db") with { Image = "web:9" }, Some.Request("db")] }; break;
            case "revision": grid = grid with { Stacks = [new Versioned<Stack>(grid.Stacks[0].Value with { Revision = 2 }, 6)] }; break;
            case "service": grid = Service("web", one => one with { Revision = 2 }); break;
            case "scale": grid = Service("x", one => one with { Spec = one.Spec with { Instances = 4 } }); break;
            case "new service":
                grid = grid with { Services = [.. grid.Services, new Versioned<Service>(Some.Service("other/y") with { CreatedAt = Later, UpdatedAt = Later }, 1)] };
                break;
            case "service removed": grid = Service("x", one => one with { RemovedAt = Later }); break;
            case "service gone": grid = grid with { Services = [.. grid.Services.Where(one => one.Value.Name != "x")] }; break;
            case "node lost": grid = grid with { Liveness = [Live("core-1", LivenessState.Online), Live("core-2", LivenessState.Offline)] }; break;
            case "node added": grid = grid with { Nodes = [.. grid.Nodes, new Versioned<Node>(Some.Node(3) with { CreatedAt = Later }, 1)] }; break;
            case "node removed": grid = grid with { Nodes = [grid.Nodes[0]] }; break;
            case "label": grid = Node(one => one with { Labels = ["az=b"] }); break;
            case "drain": grid = Node(one => one with { Availability = NodeAvailability.Drain }); break;
            default: grid = grid with { Grid = grid.Grid with { Quota = new Quota(Instances: 3) } }; break;
        }

        Assert.Equal($"Refused; plan.[]: {said}; plan again: kontena stack plan", Update(grid, request).Show());
    }

    [Theory]
    [InlineData("x")]
    [InlineData("plan1-a-b-1-1-1")]
    [InlineData("plan1-000000000000-000000000000000000000000000000000000000000000000-zz-1-1")]
    public void What_is_no_token_is_refused_as_such(string token) =>
        Assert.Equal("Refused; plan: is not the token of a plan; kontena stack plan prints one", Update(Grid(), Same with { Plan = token }).Show());

    private static GridSnapshot Grid() => Some.Snapshot(
        Some.Stack(Some.Request("web", "db"), Some.Request("db")), Running("shop/web", "shop/db"), Running("shop/db"), Some.Service("other/x"),
        Some.Node(1), Some.Node(2)) with
    {
        Liveness = [Live("core-1", LivenessState.Online), Live("core-2", LivenessState.Online)],
    };

    private static Service Running(string id, params string[] links) =>
        Some.Service(id, links) with { Spec = Some.Service(id, links).Spec with { Env = [] }, State = id == "shop/web" ? ServiceState.Initialized : ServiceState.Running };

    private static Versioned<NodeLiveness> Live(string node, LivenessState state) => new(
        new NodeLiveness
        {
            Grid = "prod", Node = node, State = state, ConnectedAt = Some.Day, LastSeenAt = Some.Day, DisconnectedAt = state == LivenessState.Offline ? Later : null,
        }, 2);

    private static Decision<StackPlanned> Decide(GridSnapshot grid, StackRequest request) =>
        PlanStackDecision.Decide(grid, new PlanStack { Grid = "prod", Stack = "shop", Request = request }, Some.Now);

    private static string TokenOf(GridSnapshot grid, StackRequest request) => Decide(grid, request).Reply.Token;

    private static CommandResult Update(GridSnapshot grid, StackRequest request) =>
        UpdateStackDecision.Decide(grid, new UpdateStack { Grid = "prod", Stack = "shop", Request = request }, Later, Some.NewId).Reply;

    private static CommandResult Create(GridSnapshot grid, StackRequest request) =>
        CreateStackDecision.Decide(grid, new CreateStack { Grid = "prod", Request = request }, Later, Some.NewId).Reply;
}

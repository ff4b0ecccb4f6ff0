using Kontena.Contracts.Commands;
using Kontena.Contracts.Grids;
using Kontena.GridManager.Decisions;
using Kontena.GridManager.Grids;
using Kontena.State;
using Kontena.State.Documents;
using Xunit;

namespace Kontena.GridManager.Tests.Grids;

public sealed class GridDecisionTests
{
    private static readonly IReadOnlyList<Versioned<Grid>> One = [new(Some.Grid(), 4)];

    [Fact]
    public void A_grid_without_settings_gets_a_name_a_token_and_the_defaults()
    {
        var decision = Create(new CreateGrid());
        var grid = Assert.Single(decision.Puts(StateKeys.Grid));
        Assert.Matches("^[a-z]+-[a-z]+$", grid.Name);
        Assert.Equal(("a-random-token-of-some-length", 1, "10.81.0.0/16", "10.80.0.0/12"), (grid.Token, grid.InitialSize, grid.Subnet, grid.Supernet));
        Assert.Equal(grid.Name, decision.Reply.CreatedId);
        Assert.Equal([$"grid {grid.Name}"], decision.Announced());
        Assert.Equal(StateKeys.System, decision.Batch!.Partition);
        Assert.DoesNotContain(decision.Changes!, line => line.Contains(grid.Token, StringComparison.Ordinal));
    }

    public static TheoryData<string, CreateGrid> Mistakes => new()
    {
        { "name: Name is too short: 3 to 63 letters, digits, - and _", new CreateGrid { Name = "ab" } },
        { "name: Name isn't in the right format: 3 to 63 letters, digits, - and _", new CreateGrid { Name = "a b c" } },
        { "name: Name isn't in the right format: 3 to 63 letters, digits, - and _", new CreateGrid { Name = "_system" } },
        { "grid: Grid with name prod already exists", new CreateGrid { Name = "prod" } },
        { "initial_size: Initial Size is too small", new CreateGrid { InitialSize = 0 } },
        { "initial_size: Initial Size is too big", new CreateGrid { InitialSize = 8 } },
        { "token: is too short (minimum is 16 characters)", new CreateGrid { Token = "short" } },
        { "token: is already taken", new CreateGrid { Token = "the-token-of-prod" } },
        { "subnet: Invalid subnet x; expected an IPv4 network such as 10.81.0.0/16", new CreateGrid { Subnet = "x" } },
        { "subnet: the subnet 10.81.0.0/24 is too small; between /8 and /23 is possible, each node takes a /24 of it", new CreateGrid { Subnet = "10.81.0.0/24" } },
        { "supernet: Invalid supernet x; expected an IPv4 network such as 10.80.0.0/12", new CreateGrid { Supernet = "x" } },
        { "supernet: the supernet 10.80.0.0/12 does not contain the subnet 192.168.0.0/16", new CreateGrid { Subnet = "192.168.0.0/16", Supernet = "10.80.0.0/12" } },
        { "trusted_subnets: Invalid trusted_subnet 10.0.0.0/99", new CreateGrid { TrustedSubnets = ["10.0.0.0/8", "10.0.0.0/99"] } },
        { "stats.statsd.server: Server is required", new CreateGrid { Statsd = new StatsdTarget(null!, 8125) } },
        { "stats.statsd.port: Port is too big", new CreateGrid { Statsd = new StatsdTarget("x", 70_000) } },
        { "logs: the forwarder fluentd needs the option fluentd-address (host:port)", new CreateGrid { Logs = new LogForwarding("fluentd", null!) } },
        { "logs.forwarder: Forwarder isn't an option", new CreateGrid { Logs = new LogForwarding("syslog", new Dictionary<string, string>()) } },
        { "default_affinity.[0]: affinity 'zone==1' looks at 'zone'; known are node, label, service, container", new CreateGrid { DefaultAffinity = ["zone==1"] } },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Each_mistake_has_its_place_and_words(string expected, CreateGrid command)
    {
        var decision = Create(command);
        Assert.Null(decision.Batch);
        Assert.Equal($"Refused; {expected}", decision.Reply.Show());
    }

    [Fact]
    public void Quotas_are_set_replaced_and_removed()
    {
        var set = UpdateGridDecision.Decide(One, new UpdateGrid
        {
            Grid = "prod", Quota = new Quota(100, 8, 1 << 30), StackQuotas = new Dictionary<string, Quota> { ["shop"] = new(5), ["*"] = new(Cpus: 1) },
        }, Some.Now);
        var grid = Assert.Single(set.Puts(StateKeys.Grid));
        Assert.Equal((new Quota(100, 8, 1 << 30), new Quota(5)), (grid.Quota, grid.StackQuotas["shop"]));

        var removed = UpdateGridDecision.Decide([new Versioned<Grid>(grid, 5)], new UpdateGrid { Grid = "prod", Quota = new Quota() }, Some.Now);
        Assert.Null(Assert.Single(removed.Puts(StateKeys.Grid)).Quota);
        Assert.Equal(2, Assert.Single(removed.Puts(StateKeys.Grid)).StackQuotas.Count);
    }

    [Fact]
    public void Every_mistake_in_quotas_is_named()
    {
        var decision = UpdateGridDecision.Decide(One, new UpdateGrid
        {
            Grid = "prod", Quota = new Quota(-1, double.NaN, -1), StackQuotas = new Dictionary<string, Quota> { ["no such"] = new(), ["shop"] = new(-5) },
        }, Some.Now);
        Assert.Null(decision.Batch);
        Assert.Equal(
            ["quota.instances", "quota.memory", "quota.cpus", "stack_quotas.no such", "stack_quotas.shop.instances"],
            decision.Reply.Errors.Select(error => string.Join('.', error.Path)));
    }

    [Fact]
    public void A_supernet_that_is_not_given_follows_the_subnet() =>
        Assert.Equal("192.168.0.0/16", Create(new CreateGrid { Subnet = "192.168.0.0/16" }).Puts(StateKeys.Grid)[0].Supernet);

    [Fact]
    public void Invented_names_avoid_those_taken_and_depend_on_the_seed_alone()
    {
        var taken = new HashSet<string>();
        for (var count = 0; count < 1400; count++)
            Assert.True(taken.Add(GridNames.Invent(count * 7919, taken)));
        Assert.Equal(GridNames.Invent(42, new HashSet<string>()), GridNames.Invent(42, new HashSet<string>()));
        Assert.NotEmpty(GridNames.Invent(int.MinValue, new HashSet<string>()));
    }

    [Fact]
    public void An_update_changes_what_is_given_and_none_removes()
    {
        var full = Some.Grid() with
        {
            DefaultAffinity = ["label==a"],
            Statsd = new StatsdTarget("s", 1),
            Logs = new LogForwarding("fluentd", new Dictionary<string, string> { ["fluentd-address"] = "x" }),
        };
        var decision = UpdateGridDecision.Decide([new(full, 9)],
            new UpdateGrid { Grid = "prod", DefaultAffinity = [], ClearStatsd = true, Logs = new LogForwarding("none", new Dictionary<string, string>()) }, Some.Now);
        var grid = Assert.Single(decision.Puts(StateKeys.Grid));
        Assert.Empty(grid.DefaultAffinity);
        Assert.Null(grid.Statsd);
        Assert.Null(grid.Logs);
        Assert.Equal(9, decision.Batch!.Puts[0].Expected);
    }

    [Fact]
    public void An_empty_update_is_done_without_a_change()
    {
        var decision = UpdateGridDecision.Decide(One, new UpdateGrid { Grid = "prod" }, Some.Now);
        Assert.Equal("Done", decision.Reply.Show());
        Assert.Null(decision.Batch);
    }

    [Fact]
    public void An_unknown_grid_is_not_found() =>
        Assert.Equal(CommandOutcome.NotFound, UpdateGridDecision.Decide(One, new UpdateGrid { Grid = "nope" }, Some.Now).Reply.Outcome);

    [Fact]
    public void A_grid_with_nodes_or_services_stays_and_nodes_are_named_first()
    {
        Assert.Equal("Refused; grid: Grid has services", DeleteGridDecision.Empty(Some.Snapshot(Some.Service("null/web"))).Reply.Show());
        Assert.Equal("Refused; grid: Grid has nodes", DeleteGridDecision.Empty(Some.Snapshot(Some.Service("null/web"), Some.Node(1))).Reply.Show());
    }

    [Fact]
    public void An_empty_grid_goes_with_its_leftover_stacks()
    {
        Assert.Equal(["stack shop 5", "network-map map -1"], DeleteGridDecision.Empty(Some.Snapshot(Some.Stack())).Deletes());
        Assert.Equal(["grid prod 4"], DeleteGridDecision.Delete(One, new DeleteGrid { Grid = "prod" }).Deletes());
    }

    [Fact]
    public void Blocks_have_the_size_that_was_given_and_one_that_is_impossible_is_refused()
    {
        var made = Assert.Single(Create(new CreateGrid { Name = "small", Subnet = "10.90.0.0/24", BlockPrefix = 26, OverlayDriver = "vxlan" }).Puts(StateKeys.Grid));
        Assert.Equal((26, "10.90.0.0/24", "vxlan"), (made.BlockPrefix, made.Subnet, made.OverlayDriver));
        Assert.Contains("can't be /29", Create(new CreateGrid { Name = "small", BlockPrefix = 29 }).Reply.Show());
        Assert.Contains("between /8 and /25", Create(new CreateGrid { Name = "small", Subnet = "10.90.0.0/26", BlockPrefix = 26 }).Reply.Show());
        Assert.Contains("Invalid stack_networks closed; expected one of grid, private", Create(new CreateGrid { Name = "small", StackNetworks = "closed" }).Reply.Show());
        Assert.Equal("private", Assert.Single(Create(new CreateGrid { Name = "small", StackNetworks = "private" }).Puts(StateKeys.Grid)).StackNetworks);
        Assert.Contains("Invalid overlay_driver gre", Create(new CreateGrid { Name = "small", OverlayDriver = "gre" }).Reply.Show());
    }

    private static Decision<CommandResult> Create(CreateGrid command) =>
        CreateGridDecision.Decide(One, command, Some.Now, seed: 1, "a-random-token-of-some-length");
}

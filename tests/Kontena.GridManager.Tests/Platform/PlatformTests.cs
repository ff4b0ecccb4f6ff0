using Kontena.Contracts.Commands;
using Kontena.Contracts.Events;
using Kontena.Contracts.Grids;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;
using Kontena.Contracts.Stacks;
using Kontena.State;
using Kontena.State.Documents;
using Xunit;

namespace Kontena.GridManager.Tests.Platform;

public sealed class PlatformTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_grid_is_there_and_a_node_joins_it_and_is_kept_over_a_restart()
    {
        var directory = Directory.CreateTempSubdirectory("kontena-grid-manager-").FullName;
        var running = await RunningGridManager.StartAsync(directory);
        await running.ReportAsync("join", "", Join(1));
        var joined = await running.Mail.WaitAsync<NodeJoined>(_ => true);
        Assert.Equal(("prod", "box-of-1", 1, "10.81.1.0/24"), (joined.Grid, joined.Node, joined.Number, joined.NodeSubnet));
        await running.Mail.WaitAsync<GridFactChanged>(fact => fact is { Kind: "node", Id: "box-of-1" });
        await running.Mail.WaitAsync<GridFactChanged>(fact => fact is { Kind: "node-liveness", Id: "box-of-1" });
        var told = await running.Mail.WaitAsync<CloudEvent>(one => one.Data is { Type: "node:create", Node: "box-of-1" });
        Assert.Equal(("1.0", "kontena.node.create", "/v1/grids/prod", "/v1/nodes/prod/box-of-1", 24), (told.SpecVersion, told.Type, told.Source, told.Subject, told.Id.Length));
        await running.Mail.WaitAsync<CloudEvent>(one => one.Data is { Type: EventTypes.NodeOnline, Node: "box-of-1" });
        await running.StopAsync();

        await using var again = await RunningGridManager.StartAsync(directory);
        await again.ReportAsync("join", "", Join(1));
        Assert.Equal(1, (await again.Mail.WaitAsync<NodeJoined>(_ => true)).Number);
        Assert.Single(await again.Store.ListAsync(StateKeys.Node, "prod", Cancelled));
        Assert.Single(await again.Store.ListAsync(StateKeys.Grid, StateKeys.System, Cancelled));
    }

    [Fact]
    public async Task Twenty_machines_that_join_at_once_get_the_numbers_one_to_twenty()
    {
        await using var running = await RunningGridManager.StartAsync();
        await Task.WhenAll(Enumerable.Range(1, 20).Select(node => running.ReportAsync("join", "", Join(node) with { Name = "same" })));
        foreach (var number in Enumerable.Range(1, 20))
            await running.Mail.WaitAsync<NodeJoined>(joined => joined.Number == number);
        var nodes = await running.Store.ListAsync(StateKeys.Node, "prod", Cancelled);
        Assert.Equal(Enumerable.Range(1, 20), nodes.Select(node => node.Value.Number).Order());
    }

    [Fact]
    public async Task A_wrong_token_is_refused_and_a_removed_node_is_told()
    {
        await using var running = await RunningGridManager.StartAsync();
        await running.ReportAsync("join", "", Join(1) with { Token = "guess" });
        Assert.Contains("opens no grid", (await running.Mail.WaitAsync<JoinRefused>(_ => true)).Reason, StringComparison.Ordinal);
        await running.ReportAsync("heartbeat", "prod", Heartbeat(2, ""));
        await running.Mail.WaitAsync<JoinRefused>(refused => refused.Reason.Contains("record was removed", StringComparison.Ordinal));
        Assert.Empty(await running.Store.ListAsync(StateKeys.Node, "prod", Cancelled));
    }

    [Fact]
    public async Task An_engine_id_that_differs_only_in_signs_from_that_of_another_grids_node_is_refused()
    {
        await using var running = await RunningGridManager.StartAsync();
        await running.ReportAsync("join", "", Join(1));
        await running.Mail.WaitAsync<NodeJoined>(_ => true);
        Assert.Equal("Done", (await running.AskAsync(new CreateGrid { Name = "other", Token = "the-token-of-the-other-grid" })).Show());
        await running.ReportAsync("join", "", Join(1) with { NodeId = "i.d-1", Token = "the-token-of-the-other-grid" });
        Assert.Contains("of grid prod; remove it there first", (await running.Mail.WaitAsync<JoinRefused>(_ => true)).Reason, StringComparison.Ordinal);
        Assert.Empty(await running.Store.ListAsync(StateKeys.Node, "other", Cancelled));
    }

    [Fact]
    public async Task A_copy_of_a_machine_is_refused_on_its_own_queue_and_the_node_tells_of_it()
    {
        await using var running = await RunningGridManager.StartAsync();
        await running.ReportAsync("join", "", Join(1) with { Key = "the-key-of-the-first", Run = "run1" });
        await running.Mail.WaitAsync<NodeJoined>(_ => true);
        await running.Mail.WaitAsync<NodeJoined>(_ => running.Mail.Of<NodeJoined>().Count() == 2);
        await running.ReportAsync("join", "", Join(1) with { Name = "copy", Key = "the-key-of-the-second", Run = "run2" });
        var refused = await running.Mail.WaitAsync<JoinRefused>(_ => true);
        Assert.Equal(("run2", true), (refused.Run, refused.Duplicate));
        var started = TimeProvider.System.GetTimestamp();
        while ((await running.Store.GetAsync(StateKeys.NodeLiveness, "prod", "box-of-1", Cancelled))?.Value.Rival?.Name != "copy")
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(20), "the node does not tell of its copy");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancelled);
        }
    }

    [Fact]
    public async Task Lost_facts_are_asked_for_and_stored()
    {
        await using var running = await RunningGridManager.StartAsync();
        await running.ReportAsync("join", "", Join(1));
        await running.Mail.WaitAsync<NodeJoined>(_ => true);
        var facts = new NodeFacts { Os = "Debian", Cpus = 16 };
        // As an agent does, again and again: one that comes before the node that has just joined is known to whoever counts them says nothing.
        var asked = running.Mail.WaitAsync<ReportFacts>(_ => true);
        while (!asked.IsCompleted)
        {
            await running.ReportAsync("heartbeat", "prod", Heartbeat(1, FactsHash.Of(facts)));
            await Task.WhenAny(asked, Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, Cancelled));
        }

        await asked;
        await running.ReportAsync("facts", "prod", new NodeFactsReport { Grid = "prod", Node = "box-of-1", NodeId = "ID:1", Facts = facts });
        await running.Mail.WaitAsync<GridFactChanged>(_ => running.Mail.Of<GridFactChanged>().Count(fact => fact.Kind == "node") == 2);
        Assert.Equal(16, (await running.Store.GetAsync(StateKeys.Node, "prod", "box-of-1", Cancelled))!.Value.Facts!.Cpus);
    }

    [Fact]
    public async Task A_stack_lives_from_create_to_torn_down()
    {
        await using var running = await RunningGridManager.StartAsync();
        await running.ReportAsync("join", "", Join(1));
        await running.Mail.WaitAsync<NodeJoined>(_ => true);
        var request = Some.StackRequest(Some.Request("web", "db"), Some.Request("db")) with { Metadata = Json("""{"a":1}""") };
        Assert.Equal("Done", (await running.AskAsync(new CreateStack { Grid = "prod", Request = request })).Show());
        var applied = await running.AskAsync<ApplyStackRevision, StackRevisionApplied>(new ApplyStackRevision { Grid = "prod", Stack = "shop" });
        Assert.Equal(["db", "web"], applied.Services);

        Assert.Equal("Done", (await running.AskAsync(new SetServiceState { Grid = "prod", Stack = "shop", Service = "web", State = ServiceState.Running, Instances = 3 })).Show());
        Assert.Equal("Done", (await running.AskAsync(new UpdateService { Grid = "prod", Stack = "shop", Service = "web", Request = new ServiceRequest { Env = ["A=1"] } })).Show());
        var web = (await running.Store.GetAsync(StateKeys.Service, "prod", "shop/web", Cancelled))!.Value;
        Assert.Equal((3, 2, ServiceState.Running), (web.Spec.Instances, web.Revision, web.State));

        Assert.Equal("Refused; grid: Grid has nodes", (await running.AskAsync(new DeleteGrid { Grid = "prod" })).Show());
        Assert.Equal("Done", (await running.AskAsync(new RemoveStack { Grid = "prod", Stack = "shop" })).Show());
        foreach (var service in (await running.Store.ListAsync(StateKeys.Service, "prod", Cancelled)).Select(service => service.Value))
        {
            Assert.NotNull(service.RemovedAt);
            await running.Bus.SendAsync(Destination.GridManager, new ServiceTornDown { Grid = "prod", Stack = "shop", Service = service.Name, Uid = service.Uid }, Cancelled);
        }

        await running.Mail.WaitAsync<GridFactChanged>(_ => running.Mail.Of<GridFactChanged>().Count(fact => fact is { Kind: "stack", Id: "shop" }) == 3);
        Assert.Empty(await running.Store.ListAsync(StateKeys.Service, "prod", Cancelled));
        Assert.Empty(await running.Store.ListAsync(StateKeys.Stack, "prod", Cancelled));
        Assert.Equal("Done", (await running.AskAsync(new RemoveNode { Grid = "prod", Node = "box-of-1" })).Show());
        Assert.Equal("Done", (await running.AskAsync(new DeleteGrid { Grid = "prod" })).Show());
        Assert.Equal("NotFound; : Grid prod does not exist", (await running.AskAsync(new CreateService { Grid = "prod", Request = Some.Request("x") })).Show());
    }

    [Fact]
    public async Task Of_ten_equal_creations_one_is_done()
    {
        await using var running = await RunningGridManager.StartAsync();
        var results = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => running.AskAsync(new CreateService { Grid = "prod", Request = Some.Request("web") })));
        Assert.Single(results, result => result.Outcome == CommandOutcome.Done);
        Assert.Equal(9, results.Count(result => result.Show() == "Refused; name: is already taken"));
    }

    [Fact]
    public async Task A_grid_is_created_with_an_invented_name_and_updated()
    {
        await using var running = await RunningGridManager.StartAsync();
        var created = await running.AskAsync(new CreateGrid());
        var grid = (await running.Store.GetAsync(StateKeys.Grid, StateKeys.System, created.CreatedId!, Cancelled))!.Value;
        Assert.Equal(64, Convert.FromBase64String(grid.Token).Length);
        Assert.Equal("Done", (await running.AskAsync(new UpdateGrid { Grid = grid.Name, TrustedSubnets = ["10.0.0.0/8"] })).Show());
    }

    private static System.Text.Json.JsonElement Json(string text) => System.Text.Json.JsonDocument.Parse(text).RootElement.Clone();

    private static JoinGrid Join(int node) => new()
    {
        NodeId = $"ID:{node}",
        Name = $"box-of-{node}",
        Token = RunningGridManager.Token,
        Facts = new NodeFacts { Os = "Debian", Cpus = 2 },
    };

    private static NodeHeartbeat Heartbeat(int node, string hash) => new()
    {
        Grid = "prod",
        Node = $"box-of-{node}",
        NodeId = $"ID:{node}",
        SentAt = Some.Now,
        FactsHash = hash,
        ObservedDigest = "",
    };
}

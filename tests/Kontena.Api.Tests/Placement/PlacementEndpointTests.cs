using Kontena.Contracts.Commands;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Placement;
using Kontena.Contracts.Services;
using Kontena.Contracts.Stacks;

namespace Kontena.Api.Tests.Placement;

public sealed class PlacementEndpointTests : IAsyncLifetime
{
    private ApiUnderTest _api = null!;

    public async ValueTask InitializeAsync()
    {
        _api = await ApiUnderTest.StartAsync();
        await _api.SeedAsync();
    }

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task Explain_asks_the_scheduler_of_the_grid()
    {
        _api.Bus.Answer<ExplainPlacement>(_ => new PlacementExplained
        {
            Found = true, Wanted = 2, Placed = 1,
            Instances = [new ExplainedInstance(1, "shop.web-1", null, "node-1", false, null, [new ExplainedNode("node-1", null, null, null, [new ExplainedTerm("t", 3)])])],
        });

        var answer = await _api.GetAsync("/v1/services/main/shop/web/explain?instance=1");

        Assert.Equal((200, 2, "node-1"), (answer.Status, (int)answer.Json["wanted"]!, (string?)answer.Json["instances"]![0]!["nodes"]![0]!["node"]));
        Assert.Equal(new ExplainPlacement { Grid = "main", Stack = "shop", Service = "web", Instance = 1 }, _api.Bus.Single<ExplainPlacement>());
        Assert.Equal(Destination.Scheduler("main"), _api.Bus.DestinationOf<ExplainPlacement>());
    }

    [Theory]
    [InlineData("/v1/services/main/shop/web/explain?instance=x", 422, "instance")]
    [InlineData("/v1/services/main/shop/web/explain?instance=0", 422, "instance")]
    [InlineData("/v1/services/main/shop/nobody/explain", 404, "")]
    [InlineData("/v1/grids/main/simulation?add=-1", 422, "add")]
    [InlineData("/v1/grids/main/simulation?add=1001", 422, "add")]
    [InlineData("/v1/grids/nowhere/simulation", 404, "")]
    public async Task What_can_not_be_asked_is_refused_by_name(string path, int status, string field)
    {
        var answer = await _api.GetAsync(path);
        Assert.Equal(status, answer.Status);
        if (field.Length > 0)
            Assert.NotNull(answer.Json["error"]![field]);
    }

    [Fact]
    public async Task Simulation_passes_every_node_and_label_on_and_tells_mistakes()
    {
        _api.Bus.Answer<SimulateGrid>(question => question.Lose.Contains("az=x")
            ? new GridSimulated { Found = true, Mistakes = ["no node is called 'az=x'"] }
            : new GridSimulated { Found = true, Lost = ["node-1"], Moves = [new SimulatedMove("shop.web-1", "node-1", "node-2")] });

        var answer = await _api.GetAsync("/v1/grids/main/simulation?lose=az%3Da1&lose=node-2&add=2&label=gpu");
        var asked = _api.Bus.Single<SimulateGrid>();
        Assert.Equal((200, "node-2"), (answer.Status, (string?)answer.Json["moves"]![0]!["to"]));
        Assert.Equal("az=a1,node-2 2 gpu", $"{string.Join(',', asked.Lose)} {asked.Add} {string.Join(',', asked.Labels)}");

        var refused = await _api.GetAsync("/v1/grids/main/simulation?lose=az%3Dx");
        Assert.Equal((422, "no node is called 'az=x'"), (refused.Status, (string?)refused.Json["error"]!["lose"]));
    }

    [Fact]
    public async Task A_plan_is_told_when_grid_manager_and_the_scheduler_speak_of_the_same_grid()
    {
        var asked = 0;
        _api.Bus.Answer<PlanStack>(question => new StackPlanned
        {
            Result = CommandResult.Done(), Revision = 1, NextRevision = 2, Token = "t", State = "new",
            Services = [new ServiceChange("web", "update", [new FieldChange("image", "web:1", "web:2")], new ServiceSpec { Image = "web:2" })],
        });
        _api.Bus.Answer<PlanPlacement>(question => new PlacementPlanned
        {
            Found = true, State = asked++ == 0 ? "old" : "new",
            Services = [new PlannedService("web", null, new Dictionary<string, int> { ["restart"] = 1 }, [new PlannedInstance("shop.web-1", "restart", "a", "a")])],
        });

        var answer = await _api.PostAsync("/v1/stacks/main/shop/plan", """{"stack":"acme/shop","version":"1","source":"x","services":[{"name":"web","image":"web:2"}]}""");

        Assert.Equal((200, "t", "restart"), (answer.Status, (string?)answer.Json["token"], (string?)answer.Json["services"]![0]!["instances"]![0]!["action"]));
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task Mistakes_of_a_plan_are_those_of_the_change()
    {
        _api.Bus.Answer<PlanStack>(_ => new StackPlanned { Result = CommandResult.Refused(new FieldError(["services", "web", "image"], "Image is required")) });
        var answer = await _api.PostAsync("/v1/stacks/main/shop/plan", "{}");
        Assert.Equal((422, "Image is required"), (answer.Status, (string?)answer.Json["error"]!["services"]!["web"]!["image"]));
        Assert.Equal(404, (await _api.PostAsync("/v1/stacks/nowhere/shop/plan", "{}")).Status);
    }
}

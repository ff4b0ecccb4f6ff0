using System.Text;
using Kontena.Api.Nodes;
using Kontena.Contracts.Commands;
using Kontena.Contracts.Nodes;

namespace Kontena.Api.Tests.Nodes;

/// <summary>A machine reads and labels its own node with the token of its grid.</summary>
public sealed class EngineNodeTests
{
    private const string Path = "/v1/nodes/ABCD:0001";

    [Fact]
    public async Task The_token_of_the_grid_shows_the_node_of_an_engine()
    {
        await using var api = await ApiUnderTest.StartAsync();
        await api.SeedAsync();

        Assert.Equal((200, "main/core-01"), await AskAsync(api, HttpMethod.Get, Path, "a-token-of-the-grid", "id"));
    }

    [Theory]
    [InlineData(Path, null, "Not found")]
    [InlineData(Path, "", "Not found")]
    [InlineData(Path, "another-token", "Not found")]
    [InlineData("/v1/nodes/WXYZ", "a-token-of-the-grid", "Node not found")]
    [InlineData("/v1/nodes/core-01", "a-token-of-the-grid", "Node not found")]
    public async Task Without_it_or_without_such_an_engine_there_is_nothing(string path, string? token, string error)
    {
        await using var api = await ApiUnderTest.StartAsync();
        await api.SeedAsync();

        Assert.Equal((404, error), await AskAsync(api, HttpMethod.Get, path, token, "error"));
        Assert.Equal((404, error), await AskAsync(api, HttpMethod.Put, path, token, "error"));
        Assert.Empty(api.Bus.Asked);
    }

    [Fact]
    public async Task It_changes_labels_and_nothing_else()
    {
        await using var api = await ApiUnderTest.StartAsync();
        await api.SeedAsync();
        api.Bus.Answer<UpdateNode>(_ => new CommandResult { Outcome = CommandOutcome.Done });

        Assert.Equal((200, "main/core-01"), await AskAsync(api, HttpMethod.Put, Path, "a-token-of-the-grid", "id"));

        var command = api.Bus.Single<UpdateNode>();
        Assert.Equal(("main", "core-01", "zone=a"), (command.Grid, command.Node, Assert.Single(command.Labels!)));
        Assert.Null(command.Availability);
        Assert.False(command.ForgetAgent);
        // For the audit log: nobody was asked who they are.
        var asker = Assert.Single(api.Bus.Callers);
        Assert.Equal(("unknown", "127.0.0.1"), (asker?.Name, asker?.Address));
    }

    [Fact]
    public void A_token_is_of_the_grid_that_has_it()
    {
        var other = Some.Grid("other") with { Token = "a-token-of-another" };

        Assert.Equal("other", EngineNodeEndpoints.GridOf([Some.Grid(), other], "a-token-of-another")?.Name);
        Assert.Equal("main", EngineNodeEndpoints.GridOf([Some.Grid(), other], "a-token-of-the-grid")?.Name);
        Assert.Null(EngineNodeEndpoints.GridOf([Some.Grid(), other], "a-token-of-the-gri"));
    }

    [Theory]
    [InlineData("/v1/nodes/ABCD", true)]
    [InlineData("/v1/nodes/", false)]
    [InlineData("/v1/nodes", false)]
    [InlineData("/v1/nodes/main/core-01", false)]
    [InlineData("/v1/nodes/main/", false)]
    [InlineData("/v1/Nodes/ABCD", false)]
    public void One_segment_is_an_engine(string path, bool isEngine) => Assert.Equal(isEngine, EngineNodeEndpoints.IsPath(path));

    private static async Task<(int, string?)> AskAsync(ApiUnderTest api, HttpMethod method, string path, string? token, string member)
    {
        using var request = new HttpRequestMessage(method, path);
        if (token is not null)
            request.Headers.TryAddWithoutValidation("Kontena-Grid-Token", token);
        if (method == HttpMethod.Put)
            request.Content = new StringContent("""{"labels":["zone=a"],"availability":"drain","forget_agent":true}""", Encoding.UTF8, "application/json");
        using var response = await api.Anonymous.SendAsync(request, TestContext.Current.CancellationToken);
        var json = System.Text.Json.Nodes.JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        return ((int)response.StatusCode, (string?)json[member]);
    }
}

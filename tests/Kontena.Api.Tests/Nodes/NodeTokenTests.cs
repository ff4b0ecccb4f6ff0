using Kontena.Contracts.Audit;
using Kontena.Contracts.Commands;
using Kontena.State;

namespace Kontena.Api.Tests.Nodes;

/// <summary>Tokens of nodes over HTTP (rest-api.md §10.2).</summary>
public sealed class NodeTokenTests
{
    private const string Path = "/v1/nodes/main/core-01/token";

    [Fact]
    public async Task A_token_is_shown_once_that_is_written_down()
    {
        await using var api = await ApiUnderTest.StartAsync();
        await api.SeedAsync();
        Assert.Equal(404, (await api.GetAsync(Path)).Status);
        Assert.Empty(api.Bus.Asked);
        await api.PutAsync(StateKeys.Node, "main", Some.Node() with { Token = "the-token-of-the-node" });

        var unwritten = await api.GetAsync(Path);
        Assert.Equal(503, unwritten.Status);
        Assert.DoesNotContain("the-token-of-the-node", unwritten.Text, StringComparison.Ordinal);

        api.Bus.Answer<NoteTokenShown>(_ => CommandResult.Done());
        Assert.Equal("""{"id":"main/core-01","token":"the-token-of-the-node"}""", (await api.GetAsync(Path)).Text);
        Assert.All(api.Bus.Asked, one => Assert.Equal(new NoteTokenShown { Grid = "main", Node = "core-01" }, one.Message));
    }
}

using Kontena.Cli.Tests.Support;

namespace Kontena.Cli.Tests.Commands;

public sealed class NodeTests : CliTest
{
    [Fact]
    public async Task Ls_sorts_by_number_and_shows_health()
    {
        Master.On("GET", "/v1/grids/main/nodes", $$"""{"nodes":[{{Some.Node("core-02", 2, "offline")}},{{Some.Node()}}]}""");
        Assert.Equal(0, await RunAsync("node", "ls"));
        var lines = Out.Split('\n');
        Assert.Matches("^NAME +VERSION +STATUS +INITIAL +LABELS$", lines[0]);
        Assert.Matches("^⊛ core-01 +0.1.0 +online [0-9]+d +1 / 3 +region=eu$", lines[1]);
        Assert.Matches("^⊝ core-02 +0.1.0 +offline [0-9]+d", lines[2]);
    }

    [Fact]
    public async Task Ls_of_every_grid_prefixes_the_names()
    {
        Master.On("GET", "/v1/grids", """{"grids":[{"name":"a"},{"name":"b"}]}""")
            .On("GET", "/v1/grids/a/nodes", $$"""{"nodes":[{{Some.Node("n1")}}]}""").On("GET", "/v1/grids/b/nodes", """{"nodes":[]}""");
        Assert.Equal(0, await RunAsync("node", "ls", "-a", "-q"));
        Assert.Equal("a/n1\n", Out);
    }

    [Fact]
    public async Task Ls_json_carries_the_connection() 
    {
        Master.On("GET", "/v1/grids/main/nodes", $$"""{"nodes":[{{Some.Node()}}]}""");
        Assert.Equal(0, await RunAsync("node", "ls", "--json"));
        Assert.Contains("\"connected\": true", Out);
    }

    [Fact]
    public async Task Show_prints_the_block()
    {
        Master.On("GET", "/v1/nodes/main/core-01", Some.Node());
        Assert.Equal(0, await RunAsync("node", "show", "core-01"));
        Assert.StartsWith("main/core-01:\n  id: ABCD:EFGH\n  agent version: 0.1.0\n", Out);
        Assert.Contains("  labels:\n    - region=eu\n", Out);
        Assert.Contains("    memory: 1.0 of 4.0 GB\n    filesystem:\n      - /var/lib/docker: 1.0 of 2.0 GB\n", Out);
    }

    [Fact]
    public async Task Update_sends_labels_and_availability()
    {
        Master.On("PUT", "/v1/nodes/main/a", Some.Node("a")).On("PUT", "/v1/nodes/main/b", Some.Node("b"));
        Assert.Equal(0, await RunAsync("node", "update", "-l", "x=1", "-l", "y=2", "--availability", "drain", "a", "b"));
        Assert.Contains("\"labels\":[\"x=1\",\"y=2\"],\"availability\":\"drain\"", Master.BodyOf("PUT", "/v1/nodes/main/a"));
        Assert.True(Master.Got("PUT", "/v1/nodes/main/b"));
    }

    [Fact]
    public async Task Update_refuses_an_unknown_availability()
    {
        Assert.Equal(1, await RunAsync("node", "update", "--availability", "gone", "a"));
        Assert.Contains("expected active or drain", Error);
    }

    [Fact]
    public async Task Labels_are_added_once_and_removed()
    {
        Master.On("GET", "/v1/nodes/main/a", Some.Node("a")).On("PUT", "/v1/nodes/main/a", Some.Node("a"));
        Assert.Equal(0, await RunAsync("node", "label", "add", "a", "region=eu", "ssd"));
        Assert.Contains("\"labels\":[\"region=eu\",\"ssd\"]", Master.BodyOf("PUT", "/v1/nodes/main/a"));
        Assert.Equal(1, await RunAsync("node", "label", "rm", "a", "nope"));
        Assert.Contains("Node a has no label nope", Error);
        Assert.Equal(0, await RunAsync("node", "label", "rm", "a", "region=eu"));
        Assert.Contains("\"labels\":[]", Master.BodyOf("PUT", "/v1/nodes/main/a"));
        Assert.Equal(0, await RunAsync("node", "label", "ls", "a"));
        Assert.Equal("region=eu\n", Out);
    }

    [Fact]
    public async Task Rm_refuses_a_connected_node_and_removes_another()
    {
        Master.On("GET", "/v1/nodes/main/a", Some.Node("a")).On("GET", "/v1/nodes/main/b", Some.Node("b", 2, "offline")).On("DELETE", "/v1/nodes/main/b", "{}");
        Assert.Equal(1, await RunAsync("node", "rm", "--force", "a"));
        Assert.Contains("Node a is still connected", Error);
        Assert.Equal(0, await RunAsync("node", "rm", "--force", "b"));
    }

    [Fact]
    public async Task Nodes_are_not_announced_they_join_and_the_client_says_how()
    {
        Assert.Equal(1, await RunAsync("node", "create", "-l", "x=1", "a"));
        Assert.Contains("start its agent with the token from kontena grid show --token GRID", Error);
        Assert.Empty(Master.Seen);
    }
}

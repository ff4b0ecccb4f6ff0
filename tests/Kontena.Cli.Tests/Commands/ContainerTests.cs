using Kontena.Cli.Tests.Support;

namespace Kontena.Cli.Tests.Commands;

public sealed class ContainerTests : CliTest
{
    [Fact]
    public async Task Ls_shows_the_newest_first_with_a_short_command()
    {
        Master.On("GET", "/v1/containers/main?all=1", $$"""{"containers":[{{Some.Container()}},{{Some.Container("shop.web-2", 2, running: false)}}]}""");
        Assert.Equal(0, await RunAsync("container", "ls", "--all"));
        var lines = Out.Split('\n');
        Assert.Matches("^CONTAINER_ID +IMAGE +COMMAND +CREATED +STATUS$", lines[0]);
        Assert.Matches("^core-01/shop.web-2 +acme/web:1.4 +\"serve --with a long comma[.][.]\" +[0-9]+ days ago +stopped$", lines[1]);
        Assert.Matches("running$", lines[2]);
        Assert.Equal("", Error);
    }

    [Fact]
    public async Task Ls_quietly_prints_ids()
    {
        Master.On("GET", "/v1/containers/main", $$"""{"containers":[{{Some.Container()}}]}""");
        Assert.Equal(0, await RunAsync("container", "ls", "-q"));
        Assert.Equal("core-01/shop.web-1\n", Out);
    }

    [Fact]
    public async Task Show_and_inspect()
    {
        Master.On("GET", "/v1/containers/main/core-01/shop.web-1", Some.Container())
            .On("GET", "/v1/containers/main/core-01/shop.web-1/inspect", """{"Config":{"StopSignal":"SIGINT"}}""");
        Assert.Equal(0, await RunAsync("container", "show", "core-01/shop.web-1"));
        Assert.Contains("  service: main/shop/web\n  instance: 1\n  node: core-01\n", Out);
        Assert.Contains("  ports:\n    - 0.0.0.0:8080->80/tcp\n", Out);
        Assert.Equal(0, await AgainAsync("container", "inspect", "main/core-01/shop.web-1"));
        Assert.Contains("\"StopSignal\": \"SIGINT\"", Out);
    }

    [Fact]
    public async Task A_name_without_its_node_is_explained()
    {
        Assert.Equal(1, await RunAsync("container", "show", "web-1"));
        Assert.Contains("Invalid container id web-1: expected NODE/NAME", Error);
    }
}

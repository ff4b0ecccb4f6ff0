using Kontena.Cli.Tests.Support;

namespace Kontena.Cli.Tests.Commands;

public sealed class StackTests : CliTest
{
    private const string Shop = "/v1/stacks/main/shop";

    [Fact]
    public async Task Ls_puts_children_below_their_parents()
    {
        Master.On("GET", "/v1/grids/main/stacks",
            $$"""{"stacks":[{{Some.Stack("tools", "stopped")}},{{Some.Stack("shop-cache", parent: "shop")}},{{Some.Stack(children: """{"id":"main/shop-cache","name":"shop-cache"}""")}}]}""");
        Assert.Equal(0, await RunAsync("stack", "ls", "-q"));
        Assert.Equal("shop\nshop-cache\ntools\n", Out);
        await AgainAsync("stack", "ls");
        Assert.StartsWith("NAME           STACK                   SERVICES   STATE     EXPOSED PORTS    LABELS\n", Out);
        Assert.Contains("⊝ shop         acme/shop:1.0.0         1          running   *:8080->80/tcp   env=prod\n", Out);
    }

    [Fact]
    public async Task Ls_draws_the_tree_on_a_terminal()
    {
        Master.On("GET", "/v1/grids/main/stacks", $$"""{"stacks":[{{Some.Stack("shop-cache", parent: "shop")}},{{Some.Stack()}}]}""");
        Variables["NO_COLOR"] = "1";
        Terminal.OutIsTerminal = true;
        await RunAsync("stack", "ls");
        Assert.Contains("⊝  ┗━ shop-cache", Out);
    }

    [Fact]
    public async Task Ls_of_nothing_is_one_line()
    {
        Master.On("GET", "/v1/grids/main/stacks", """{"stacks":[]}""");
        await RunAsync("stack", "ls");
        Assert.Matches("^NAME .*STACK .*STATE.*\n$", Out);
    }

    [Fact]
    public async Task Show_prints_stack_and_services()
    {
        Master.On("GET", Shop, Some.Stack());
        Assert.Equal(0, await RunAsync("stack", "show", "shop"));
        Assert.StartsWith("shop:\n  created: 2018-03-10T12:00:00.000Z\n", Out);
        foreach (var part in (string[])[
            "  state: running\n  stack: acme/shop\n  version: 1.0.0\n  revision: 2\n  expose: web\n", "  variables:\n    tag: 3\n",
            "  metadata:\n    tags:\n      - web\n", "  parent: -\n", "    web:\n",
            "      deploy_opts:\n        min_health: 0.8\n        wait_for_port: 80\n", "        - db => main/shop/db\n"])
            Assert.Contains(part, Out);
    }

    [Fact]
    public async Task Show_prints_only_the_values_as_yaml()
    {
        Master.On("GET", Shop, Some.Stack());
        await RunAsync("stack", "show", "--values", "shop");
        Assert.Equal("---\ntag: 3\n", Out);
    }

    [Fact]
    public async Task Inspect_prints_the_file()
    {
        Master.On("GET", Shop, Some.Stack());
        await RunAsync("stack", "inspect", "shop");
        Assert.Equal("stack: acme/shop\nservices: {}\n", Out);
    }

    [Theory]
    [InlineData("stop")]
    [InlineData("restart")]
    public async Task Stop_and_restart(string action)
    {
        Master.On("POST", $"{Shop}/{action}", "{}");
        Assert.Equal(0, await RunAsync("stack", action, "shop"));
        Assert.True(Master.Got("POST", $"{Shop}/{action}"));
    }

    [Fact]
    public async Task Rm_removes_children_first_and_waits()
    {
        Master.On("GET", Shop, Some.Stack(children: """{"id":"main/shop-cache","name":"shop-cache"}"""))
            .OnStatus("GET", Shop, 404).On("DELETE", Shop, "{}")
            .On("GET", "/v1/stacks/main/shop-cache", Some.Stack("shop-cache", parent: "shop"))
            .OnStatus("GET", "/v1/stacks/main/shop-cache", 404).On("DELETE", "/v1/stacks/main/shop-cache", "{}");
        Assert.Equal(0, await RunAsync("stack", "rm", "--force", "shop"));
        var deleted = Master.Seen.Where(request => request.Method == "DELETE").Select(request => request.Path);
        Assert.Equal(["/v1/stacks/main/shop-cache", Shop], deleted);
        Assert.Contains("> Removing dependency shop-cache ..", Error);
    }

    [Fact]
    public async Task Rm_accepts_the_typed_name()
    {
        Master.On("GET", Shop, Some.Stack()).OnStatus("GET", Shop, 404).On("DELETE", Shop, "{}");
        Terminal.Type("shop");
        Assert.Equal(0, await RunAsync("stack", "rm", "shop"));
        Assert.Contains("To proceed, type \"shop\"", Error);
    }
}

using Kontena.Cli.Tests.Support;

namespace Kontena.Cli.Tests.Commands;

public sealed class GridTests : CliTest
{
    [Fact]
    public async Task Ls_marks_the_current_grid()
    {
        Master.On("GET", "/v1/grids", $$"""{"grids":[{{Some.Grid()}},{"id":"dev","name":"dev","node_count":1,"user_count":1}]}""");
        Assert.Equal(0, await RunAsync("grid", "ls"));
        Assert.Equal("NAME     NODES   SERVICES   USERS\ndev      1       0          1\nmain *   3       12         2\n", Out);
    }

    [Fact]
    public async Task Ls_prints_the_apis_json()
    {
        Master.On("GET", "/v1/grids", """{"grids":[{"name":"main","new_field":"ä+<"}]}""");
        Assert.Equal(0, await RunAsync("grid", "ls", "--json"));
        Assert.Contains("\"new_field\": \"ä+<\"", Out);
    }

    [Fact]
    public async Task Create_sends_what_was_given_and_selects_the_grid()
    {
        WithoutVariables();
        Write(".kontena_client.json", $$"""{"current_server":"m","servers":[{"name":"m","url":"{{Master.Url}}","token":"T"}]}""");
        Master.On("POST", "/v1/grids", Some.Grid("test"));
        Assert.Equal(0, await RunAsync("grid", "create", "--initial-size", "3", "--subnet", "10.1.0.0/16", "--log-forwarder", "fluentd", "--log-opt", "fluentd-address=h", "test"));
        var body = Master.BodyOf("POST", "/v1/grids");
        Assert.Contains("\"name\":\"test\"", body);
        Assert.Contains("\"initial_size\":3", body);
        Assert.Contains("\"logs\":{\"forwarder\":\"fluentd\",\"opts\":{\"fluentd-address\":\"h\"}}", body);
        Assert.Contains("* Creating test grid.. done\nUsing grid: test\n", Error);
        Assert.Contains("\"grid\": \"test\"", await File.ReadAllTextAsync(Path.Combine(Home, ".kontena_client.json"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Log_options_need_a_forwarder()
    {
        Assert.Equal(1, await RunAsync("grid", "create", "--log-opt", "a=b", "test"));
        Assert.Contains("Need to specify --log-forwarder when using --log-opt", Error);
    }

    [Fact]
    public async Task Update_clears_what_it_is_told_to_clear()
    {
        Master.On("PUT", "/v1/grids/main", Some.Grid());
        Assert.Equal(0, await RunAsync("grid", "update", "--no-default-affinity", "--no-statsd-server", "--no-log-forwarder", "main"));
        var body = Master.BodyOf("PUT", "/v1/grids/main");
        Assert.Contains("\"default_affinity\":[]", body);
        Assert.Contains("\"stats\":{\"statsd\":null}", body);
        Assert.Contains("\"forwarder\":\"none\"", body);
        Assert.Equal("", Out);
    }

    [Fact]
    public async Task Update_sends_quotas_as_they_are_written()
    {
        Master.On("PUT", "/v1/grids/main", Some.Grid());
        Assert.Equal(0, await RunAsync("grid", "update", "--quota", "instances=100,cpus=2.5", "--stack-quota", "shop:memory=1g", "--stack-quota", "*:instances=3", "main"));
        var body = Master.BodyOf("PUT", "/v1/grids/main");
        Assert.Contains("\"quota\":{\"instances\":100,\"cpus\":2.5", body);
        Assert.Contains("\"shop\":{", body);
        Assert.Contains("\"memory\":1073741824", body);
        Assert.Contains("\"*\":{\"instances\":3", body);
    }

    [Theory]
    [InlineData("--quota", "instances=many")]
    [InlineData("--quota", "gpus=1")]
    [InlineData("--stack-quota", "instances=1")]
    public async Task A_quota_that_cannot_be_read_is_refused_before_anything_is_sent(string option, string value)
    {
        Assert.NotEqual(0, await RunAsync("grid", "update", option, value, "main"));
        Assert.Contains($"option '{option}': invalid value", Error);
        Assert.Empty(Master.Seen);
    }

    [Fact]
    public async Task Use_knows_only_grids_that_exist()
    {
        Master.On("GET", "/v1/grids", $$"""{"grids":[{{Some.Grid()}}]}""");
        Assert.Equal(1, await RunAsync("grid", "use", "mian"));
        Assert.Contains("Grid mian not found. Did you mean 'main'?", Error);
    }

    [Fact]
    public async Task Show_sums_the_connected_nodes()
    {
        Master.On("GET", "/v1/grids/main", Some.Grid()).On("GET", "/v1/grids/main/nodes", $$"""{"nodes":[{{Some.Node()}},{{Some.Node("core-02", 2, "offline")}}]}""");
        Assert.Equal(0, await RunAsync("grid", "show", "main"));
        Assert.StartsWith("main:\n  uri: ws://127.0.0.1", Out);
        Assert.Contains("    nodes: 1 of 3\n    cpus: 2\n    load: 0.1 0.2 0.25\n    memory: 1.0 of 4.0 GB\n    filesystem: 1.0 of 2.0 GB\n", Out);
    }

    [Fact]
    public async Task Show_prints_only_the_token()
    {
        Master.On("GET", "/v1/grids/main", Some.Grid());
        Assert.Equal(0, await RunAsync("grid", "show", "--token", "main"));
        Assert.Equal("grid-token\n", Out);
    }

    [Fact]
    public async Task Current_prints_only_the_name()
    {
        Assert.Equal(0, await RunAsync("grid", "current", "--name"));
        Assert.Equal("main\n", Out);
        Assert.Empty(Master.Seen);
    }

    [Fact]
    public async Task Rm_without_a_terminal_wants_force()
    {
        Assert.Equal(1, await RunAsync("grid", "rm", "main"));
        Assert.Contains(" [error] Command requires --force", Error);
        Assert.Empty(Master.Seen);
    }

    [Fact]
    public async Task Rm_asks_for_the_name()
    {
        Master.On("GET", "/v1/grids", $$"""{"grids":[{{Some.Grid()}}]}""").On("DELETE", "/v1/grids/main", "{}");
        Terminal.Type("mian");
        Assert.Equal(1, await RunAsync("grid", "rm", "main"));
        Assert.Contains("To proceed, type \"main\"", Error);
        Assert.Contains("Confirmation did not match main. Aborted command.", Error);
        Assert.False(Master.Got("DELETE", "/v1/grids/main"));

        Terminal.Type("main");
        Assert.Equal(0, await RunAsync("grid", "rm", "main"));
        Assert.True(Master.Got("DELETE", "/v1/grids/main"));
    }

    [Fact]
    public async Task Rebalance_names_the_moves_of_a_dry_run()
    {
        Master.On("POST", "/v1/grids/main/rebalance", """{"moves":["shop.web-3: a → b (3 instances on a, 0 on b)"],"under_way":0}""");
        Assert.Equal(0, await RunAsync("grid", "rebalance", "--dry-run"));
        Assert.Equal("shop.web-3: a → b (3 instances on a, 0 on b)\n", Out);
        Assert.Equal("""{"dry_run":true}""", Master.BodyOf("POST", "/v1/grids/main/rebalance"));
    }

    [Fact]
    public async Task Rebalance_says_when_there_is_nothing_to_move()
    {
        Master.On("POST", "/v1/grids/main/rebalance", """{"moves":[],"under_way":0}""");
        Assert.Equal(0, await RunAsync("grid", "rebalance"));
        Assert.Contains("Nothing to move: grid main lies evenly", Out);
    }

    [Fact]
    public async Task Update_takes_only_the_three_ways_to_rebalance()
    {
        Assert.Equal(1, await RunAsync("grid", "update", "--rebalance", "always", "main"));
        Assert.Contains("expected off, gentle or auto", Error);
    }
}

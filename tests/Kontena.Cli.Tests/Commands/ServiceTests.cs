using Kontena.Cli.Tests.Support;

namespace Kontena.Cli.Tests.Commands;

public sealed class ServiceTests : CliTest
{
    private const string Web = "/v1/services/main/shop/web";

    [Theory]
    [InlineData("service", "rm", "--force", "../grids/main")]
    [InlineData("service", "show", "../x")]
    [InlineData("stack", "rm", "--force", "..")]
    [InlineData("container", "logs", "./x")]
    public async Task A_name_of_dots_never_becomes_another_path(params string[] words)
    {
        Assert.Equal(1, await RunAsync(words));
        Assert.Contains("is not a name", Error);
        Assert.Empty(Master.Seen);
    }

    [Fact]
    public async Task A_name_that_is_taken_comes_with_what_to_do()
    {
        Master.OnStatus("POST", "/v1/grids/main/services", 422, """{"error":{"name":"is already taken"}}""");
        Assert.Equal(1, await RunAsync("service", "create", "web", "nginx"));
        Assert.Contains("\tname: is already taken\n         Change it with: kontena service update web, or choose another name\n", Error);
    }

    [Fact]
    public async Task Ls_lists_the_last_changed_first()
    {
        Master.On("GET", "/v1/grids/main/services",
            $$"""{"services":[{{Some.Service("null", "old", updated: "2018-01-01T00:00:00Z")}},{{Some.Service(running: 1)}}]}""");
        Assert.Equal(0, await RunAsync("service", "ls"));
        Assert.Equal(
            "NAME         INSTANCES   STATEFUL   STATE     EXPOSED PORTS\n"
            + "⊝ shop/web   1 / 2       no         running   0.0.0.0:8080->80/tcp\n"
            + "⊝ old        2 / 2       no         running   0.0.0.0:8080->80/tcp\n", Out);
        Assert.Equal("", Error);
    }

    [Fact]
    public async Task Ls_of_nothing_is_one_line_and_quietly_none()
    {
        Master.On("GET", "/v1/grids/main/services", """{"services":[]}""");
        await RunAsync("service", "ls");
        Assert.Equal("NAME  INSTANCES  STATEFUL  STATE  EXPOSED PORTS\n", Out);
        await AgainAsync("service", "ls", "-q");
        Assert.Equal("", Out);
    }

    [Fact]
    public async Task Ls_asks_for_one_stack_and_prints_ids()
    {
        Master.On("GET", "/v1/grids/dev/services?stack=shop", $$"""{"services":[{{Some.Service()}}]}""");
        Assert.Equal(0, await RunAsync("service", "ls", "--grid", "dev", "--stack", "shop", "-q"));
        Assert.Equal("main/shop/web\n", Out);
    }

    [Fact]
    public async Task Colour_only_on_a_terminal_and_never_with_no_color()
    {
        Master.On("GET", "/v1/grids/main/services", $$"""{"services":[{{Some.Service()}}]}""");
        Terminal.OutIsTerminal = true;
        await RunAsync("service", "ls");
        Assert.Contains("\e[32mrunning\e[0m", Out);
        Variables["NO_COLOR"] = "1";
        await AgainAsync("service", "ls");
        Assert.DoesNotContain("\e[", Out);
    }

    [Fact]
    public async Task Create_sends_the_options()
    {
        Master.On("POST", "/v1/grids/main/services", Some.Service("null", "web"));
        Assert.Equal(0, await RunAsync(
            "service", "create", "-p", "8080:80", "-e", "A=1", "-e", "B=x=y", "-l", "shop/db:data", "-v", "vol:/data", "-m", "64m", "--cpus", "0.5",
            "--cmd", "serve 'two words'", "--instances", "2", "--deploy-strategy", "daemon", "--deploy-interval", "5min", "--health-check-port", "80",
            "--health-check-protocol", "http", "--stop-timeout", "1m23s", "--secret", "S:N:env", "--log-opt", "tag=x", "--stateful", "web", "reg:5000/web"));
        var body = Master.BodyOf("POST", "/v1/grids/main/services");
        foreach (var part in (string[])[
            "\"name\":\"web\"", "\"image\":\"reg:5000/web:latest\"", "\"stateful\":true", "\"read_only\":false", "\"privileged\":false",
            "\"ports\":[{\"ip\":\"0.0.0.0\",\"container_port\":80,\"node_port\":8080,\"protocol\":\"tcp\"}]", "\"env\":[\"A=1\",\"B=x=y\"]",
            "\"links\":[{\"name\":\"shop/db\",\"alias\":\"data\"}]", "\"volumes\":[\"vol:/data\"]", "\"memory\":67108864", "\"cpus\":0.5",
            "\"cmd\":[\"serve\",\"two words\"]", "\"container_count\":2", "\"strategy\":\"daemon\"", "\"interval\":300", "\"port\":80,\"protocol\":\"http\"",
            "\"stop_grace_period\":\"1m23s\"", "\"secrets\":[{\"secret\":\"S\",\"name\":\"N\",\"type\":\"env\"}]", "\"log_opts\":{\"tag\":\"x\"}"])
            Assert.Contains(part, body.Replace("\\u0027", "'", StringComparison.Ordinal));
        Assert.Contains("Next: kontena service deploy web", Error);
    }

    [Fact]
    public async Task Checks_and_the_order_of_deploys_have_their_options()
    {
        Master.On("PUT", Web, Some.Service());
        Assert.Equal(0, await RunAsync(
            "service", "update", "--deploy-order", "start-first", "--deploy-parallelism-per-node", "2", "--health-check-port", "80", "--health-check-protocol", "tcp",
            "--health-check-retries", "5", "--health-check-success-threshold", "2", "--readiness-check-port", "81", "--readiness-check-protocol", "http",
            "--readiness-check-uri", "/ready", "--readiness-check-interval", "5", "--readiness-check-retries", "3", "shop/web"));
        using var body = System.Text.Json.JsonDocument.Parse(Master.BodyOf("PUT", Web));
        var (deploy, health, readiness) =
            (body.RootElement.GetProperty("deploy_opts"), body.RootElement.GetProperty("health_check"), body.RootElement.GetProperty("readiness_check"));
        Assert.Equal(("start-first", 2), (deploy.GetProperty("order").GetString(), deploy.GetProperty("parallelism_per_node").GetInt32()));
        Assert.Equal((5, 2), (health.GetProperty("retries").GetInt32(), health.GetProperty("success_threshold").GetInt32()));
        Assert.Equal(("/ready", 81, 5, 3), (readiness.GetProperty("uri").GetString(), readiness.GetProperty("port").GetInt32(),
            readiness.GetProperty("interval").GetInt32(), readiness.GetProperty("retries").GetInt32()));
    }

    [Fact]
    public async Task Update_sends_only_what_was_given()
    {
        Master.On("PUT", Web, Some.Service());
        Assert.Equal(0, await RunAsync("service", "update", "-e", "A=2", "shop/web"));
        var given = System.Text.Json.JsonDocument.Parse(Master.BodyOf("PUT", Web)).RootElement.EnumerateObject()
            .Where(member => member.Value.ValueKind != System.Text.Json.JsonValueKind.Null).Select(member => member.Name);
        Assert.Equal(["env"], given);
    }

    [Fact]
    public async Task Update_with_none_removes_the_health_check()
    {
        Master.On("PUT", Web, Some.Service());
        Assert.Equal(0, await RunAsync("service", "update", "--health-check-port", "none", "--health-check-protocol", "none", "shop/web"));
        Assert.Contains("\"health_check\":{\"port\":null,\"protocol\":null", Master.BodyOf("PUT", Web));
    }

    [Theory]
    [InlineData("--cpus", "many")]
    [InlineData("--memory", "1x")]
    [InlineData("--instances", "two")]
    [InlineData("--deploy-interval", "soon")]
    public async Task Bad_values_are_usage_errors(string option, string value)
    {
        Assert.Equal(1, await RunAsync("service", "update", option, value, "shop/web"));
        Assert.StartsWith($"ERROR: option '{option}': invalid value '{value}'", Error);
        Assert.Contains("See: 'kontena service update --help'", Error);
    }

    [Fact]
    public async Task Show_prints_service_instances_and_containers()
    {
        Master.On("GET", Web, Some.Service())
            .On("GET", $"{Web}/instances", $$"""{"instances":[{{Some.Instance(2, "stopped", "exit 3\\nlast line")}},{{Some.Instance()}}]}""")
            .On("GET", $"{Web}/containers", $$"""{"containers":[{{Some.Container()}}]}""");
        Assert.Equal(0, await RunAsync("service", "show", "shop/web"));
        Assert.StartsWith("main/shop/web:\n  created: 2018-03-10T12:00:00.000Z\n", Out);
        foreach (var part in (string[])[
            "  stack: main/shop\n  desired_state: running\n", "  stop_grace_period: 10s\n", "  read_only: no\n", "  memory: 67MB\n", "  cpus: 0.5\n",
            "  cmd: serve -v\n", "  links:\n    - db\n", "  ports:\n    - 8080:80/tcp\n", "    - secret: PASS\n      name: DB_PASS\n      type: env\n",
            "    shop/web/1:\n      scheduled_to: core-01\n", "        shop.web-1 (on core-01):\n          dns: web-1.shop.main.kontena.local\n",
            "          status: running\n", "      error: exit 3\n          last line\n"])
            Assert.Contains(part, Out);
        Assert.Equal(2, Out.Split("desired_state: running").Length);
        Assert.True(Out.IndexOf("shop/web/1:", StringComparison.Ordinal) < Out.IndexOf("shop/web/2:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Show_prints_the_apis_json()
    {
        Master.On("GET", Web, Some.Service());
        Assert.Equal(0, await RunAsync("service", "show", "--json", "shop/web"));
        Assert.Contains("\"node_port\": 8080", Out);
        Assert.Single(Master.Seen);
    }

    [Theory]
    [InlineData("start")]
    [InlineData("stop")]
    [InlineData("restart")]
    public async Task Actions_take_several_services(string action)
    {
        Master.On("POST", $"{Web}/{action}", "{}").On("POST", $"/v1/services/main/null/db/{action}", "{}");
        Assert.Equal(0, await RunAsync("service", action, "shop/web", "db"));
        Assert.Equal(2, Master.Seen.Count);
        Assert.Equal("{}", Master.Seen[0].Body);
    }

    [Fact]
    public async Task Rm_waits_until_the_service_is_gone()
    {
        Master.On("DELETE", Web, "{}").On("GET", Web, Some.Service(), Some.Service()).OnStatus("GET", Web, 404, """{"error":"Not found"}""");
        Assert.Equal(0, await RunAsync("service", "rm", "--force", "shop/web"));
        Assert.Equal(3, Master.Seen.Count(request => request.Method == "GET"));
    }

    [Fact]
    public async Task Rm_goes_on_when_the_master_stops_waiting()
    {
        const string gone = """{"error":"Not found"}""";
        Master.OnStatus("DELETE", Web, 503, """{"error":"main/shop/web is marked removed"}""").On("DELETE", Web, "{}").OnStatus("GET", Web, 404, gone)
            .On("DELETE", "/v1/services/main/null/db", "{}").OnStatus("GET", "/v1/services/main/null/db", 404, gone);
        Assert.Equal(0, await RunAsync("service", "rm", "--force", "shop/web", "db"));
        Assert.Contains("  503 : main/shop/web is marked removed", Error);
        Assert.Contains("* Removing service shop/web.. done\n", Error);
        Assert.True(Master.Got("DELETE", "/v1/services/main/null/db"));
    }

    [Fact]
    public async Task Rm_of_what_was_never_there_says_so()
    {
        Master.OnStatus("DELETE", Web, 404, """{"error":"Not found"}""");
        Assert.Equal(1, await RunAsync("service", "rm", "--force", "shop/web"));
        Assert.Contains("404 : Not found", Error);
    }

    [Fact]
    public async Task Rm_of_one_instance_releases_it()
    {
        Master.On("GET", $"{Web}/instances", $$"""{"instances":[{{Some.Instance(2)}}]}""").On("DELETE", $"{Web}/instances/5aa6b0c47d1e2a0001000002", "{}");
        Assert.Equal(0, await RunAsync("service", "rm", "--instance", "2", "--force", "shop/web"));
        Assert.Equal(1, await RunAsync("service", "rm", "--instance", "7", "--force", "shop/web"));
        Assert.Contains("Instance not found", Error);
    }

    [Fact]
    public async Task Env_is_listed_added_and_removed()
    {
        Master.On("GET", Web, Some.Service()).On("POST", $"{Web}/envs", "{}").On("DELETE", $"{Web}/envs/MODE", "{}");
        await RunAsync("service", "env", "ls", "shop/web");
        Assert.Equal("A=1\nMODE=prod\n", Out);
        await AgainAsync("service", "env", "ls", "-q", "shop/web");
        Assert.Equal("A\nMODE\n", Out);
        Assert.Equal(0, await AgainAsync("service", "env", "add", "shop/web", "X=a=b"));
        Assert.Equal("{\"env\":\"X=a=b\"}", Master.BodyOf("POST", $"{Web}/envs"));
        Assert.Equal(0, await AgainAsync("service", "env", "rm", "shop/web", "MODE"));
        Assert.Equal(1, await AgainAsync("service", "env", "add", "shop/web", "novalue"));
    }

    [Fact]
    public async Task Containers_of_a_service_are_listed()
    {
        Master.On("GET", $"{Web}/containers", $$"""{"containers":[{{Some.Container()}}]}""");
        await RunAsync("service", "containers", "-q", "shop/web");
        Assert.Equal("core-01/shop.web-1\n", Out);
        await AgainAsync("service", "containers", "shop/web");
        Assert.Contains("shop.web-1:\n  rev: r1\n  node: core-01\n", Out);
    }

    [Fact]
    public async Task Secrets_are_linked_beside_those_that_are_there_and_unlinked_one_by_one()
    {
        Master.On("GET", Web, Some.Service()).On("PUT", Web, Some.Service());
        Assert.Equal(0, await RunAsync("service", "secret", "link", "shop/web", "KEY:key.pem:file"));
        Assert.Contains("""[{"secret":"PASS","name":"DB_PASS","type":"env"},{"secret":"KEY","name":"key.pem","type":"file"}]""", Master.BodyOf("PUT", Web));
        Assert.Equal(1, await AgainAsync("service", "secret", "link", "shop/web", "PASS:DB_PASS:env"));
        Assert.Contains("Service shop/web already has secret PASS:DB_PASS:env", Error);
        Assert.Equal(0, await AgainAsync("service", "secret", "unlink", "shop/web", "PASS:DB_PASS"));
        Assert.Contains("\"secrets\":[]", Master.BodyOf("PUT", Web));
        Assert.Equal(1, await AgainAsync("service", "secret", "unlink", "shop/web", "PASS:OTHER"));
        Assert.Contains("Secret not found: service shop/web does not have PASS:OTHER:env", Error);
    }
}

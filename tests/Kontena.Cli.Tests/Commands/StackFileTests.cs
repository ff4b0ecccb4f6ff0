using System.Text.Json;
using Kontena.Cli.Tests.Support;
using Kontena.Docker;
using Kontena.Testing.Docker;

namespace Kontena.Cli.Tests.Commands;

/// <summary>Commands that read a stack file.</summary>
public sealed class StackFileTests : CliTest
{
    private const string Minimal = "stack: acme/shop\nversion: 1.2.0\nvariables:\n  tag:\n    type: string\n    default: '1'\nservices:\n  web:\n    image: acme/web:${tag}\n";

    [Fact]
    public async Task Install_creates_deploys_and_says_what_next()
    {
        Write("kontena.yml", Minimal);
        Master.On("POST", "/v1/grids/main/stacks", Some.Stack())
            .On("POST", "/v1/stacks/main/shop/deploy", Some.StackDeploy("ongoing", Some.Deploy("ongoing")))
            .On("GET", "/v1/stacks/main/shop/deploys/s1", Some.StackDeploy("success", Some.Deploy("success")))
            .On("GET", "/v1/services/main/shop/web/deploys/d1", Some.Deploy("success", """{"instance_number":1,"node":"core-01","state":"success","error":null}"""));
        Assert.Equal(0, await RunAsync("stack", "install", "-v", "tag=7"));
        var body = JsonDocument.Parse(Master.BodyOf("POST", "/v1/grids/main/stacks")).RootElement;
        Assert.Equal("shop", body.GetProperty("name").GetString());
        Assert.Equal("acme/web:7", body.GetProperty("services")[0].GetProperty("image").GetString());
        Assert.Equal(Minimal, body.GetProperty("source").GetString());
        Assert.Contains("* Creating stack shop.. done\n", Error);
        Assert.Contains("⊛ Deployed instance main/shop/web-1 to node core-01", Error);
        Assert.Contains("Next: kontena stack show shop", Error);
        Assert.Equal("", Out);
    }

    [Fact]
    public async Task Install_without_deploy_only_creates()
    {
        Write("stacks/other.yml", Minimal);
        Master.On("POST", "/v1/grids/main/stacks", Some.Stack());
        Assert.Equal(0, await RunAsync("stack", "install", "--no-deploy", "--name", "mine", "--parent-name", "top", "stacks/other.yml"));
        var body = Master.BodyOf("POST", "/v1/grids/main/stacks");
        Assert.Contains("\"name\":\"mine\"", body);
        Assert.Contains("\"parent\":{\"name\":\"top\"}", body);
        Assert.Single(Master.Seen);
    }

    [Fact]
    public async Task Install_of_an_installed_name_points_to_upgrade()
    {
        Write("kontena.yml", Minimal);
        Master.OnStatus("POST", "/v1/grids/main/stacks", 422, """{"error":{"name":"shop already exists"}}""");
        Assert.Equal(1, await RunAsync("stack", "install"));
        Assert.Contains("\tname: shop already exists\n", Error);
        Assert.Contains("kontena stack upgrade shop FILE", Error);
    }

    [Fact]
    public async Task A_missing_file_is_said()
    {
        Assert.Equal(1, await RunAsync("stack", "install", "nope.yml"));
        Assert.Contains("no such file", Error);
        Assert.Empty(Master.Seen);
    }

    [Fact]
    public async Task All_mistakes_of_a_file_are_said_with_their_places()
    {
        Write("kontena.yml", "stack: acme/shop\nservices:\n  web:\n    imagee: x\n    instances: two\n");
        Assert.Equal(1, await RunAsync("stack", "install"));
        Assert.Contains("(kontena.yml)  YAML validation failed! Aborting.", Error);
        Assert.Contains("kontena.yml:4:5 services.web.imagee:", Error);
        Assert.Contains("kontena.yml:5:16 services.web.instances:", Error);
        Assert.Empty(Master.Seen);
    }

    [Fact]
    public async Task Values_come_from_files_and_are_written_to_files()
    {
        Write("kontena.yml", Minimal);
        Write("values.yml", "tag: \"from file\"\n");
        Assert.Equal(0, await RunAsync("stack", "validate", "--values-from", "values.yml", "--values-to", "out.yml", "--format", "api-json"));
        Assert.Contains("\"image\": \"acme/web:from file\"", Out);
        Assert.Equal("---\ntag: \"from file\"\n", await File.ReadAllTextAsync(Path.Combine(Home, "out.yml"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_file_of_values_that_is_no_mapping_is_refused()
    {
        Write("kontena.yml", Minimal);
        Write("values.yml", "- a\n- b\n");
        Assert.Equal(1, await RunAsync("stack", "validate", "--values-from", "values.yml"));
        Assert.Contains("values.yml is not a file of values:\n\tvalues.yml:1:1: expected a mapping", Error);
    }

    [Fact]
    public async Task Validate_asks_no_master()
    {
        WithoutVariables();
        Write("kontena.yml", Minimal);
        Assert.Equal(0, await RunAsync("stack", "validate"));
        Assert.StartsWith("---\nstack: acme/shop\nversion: \"1.2.0\"\nname: shop\n", Out);
        Assert.Empty(Master.Seen);
    }

    [Fact]
    public async Task A_person_is_asked_for_what_has_no_value()
    {
        Write("kontena.yml", "stack: acme/shop\nvariables:\n  tag:\n    type: string\n    from:\n      prompt: Which tag\nservices:\n  web:\n    image: acme/web:${tag}\n");
        Terminal.Type("9");
        Assert.Equal(0, await RunAsync("stack", "validate", "--format", "api-json"));
        Assert.Contains("\"image\": \"acme/web:9\"", Out);
        Assert.Contains("Which tag", Error);
    }

    [Fact]
    public async Task Install_builds_first()
    {
        Write("kontena.yml", "stack: acme/shop\nservices:\n  web:\n    image: acme/web:1\n    build: ./web\n  again:\n    image: acme/web:1\n    build: ./web\n");
        Write("web/Dockerfile", "FROM scratch\n");
        var engine = new FakeContainerEngine();
        Engine = engine;
        Master.On("POST", "/v1/grids/main/stacks", Some.Stack());
        Assert.Equal(0, await RunAsync("stack", "install", "--no-deploy"));
        Assert.NotNull(await engine.InspectImageAsync("acme/web:1", TestContext.Current.CancellationToken));
        Assert.Equal(2, Error.Split("* Building image acme/web:1.. done").Length);
    }

    [Fact]
    public async Task A_failed_build_says_why_and_creates_nothing()
    {
        Write("kontena.yml", "stack: acme/shop\nservices:\n  web:\n    image: acme/web:1\n    build: .\n");
        Write("Dockerfile", "FROM scratch\n");
        var engine = new FakeContainerEngine();
        Engine = engine;
        engine.Calls.Fail("BuildImage", failure: new EngineException(500, "step 2 returned 1"));
        Assert.Equal(1, await RunAsync("stack", "install"));
        Assert.Contains(" [error] The build of acme/web:1 failed: step 2 returned 1\n", Error);
        engine.Calls.Unreachable = true;
        Assert.Equal(1, await AgainAsync("stack", "install"));
        Assert.Contains(" [error] acme/web:1 cannot be built here: ", Error);
        Assert.Empty(Master.Seen);
    }

    [Fact]
    public async Task A_hook_before_the_build_runs_in_its_directory_and_can_stop_it()
    {
        Write("kontena.yml", "stack: acme/shop\nservices:\n  web:\n    image: acme/web:1\n    build: ./web\n    hooks:\n      pre_build:\n        - name: make\n          cmd: echo made > made; exit 7\n");
        Write("web/Dockerfile", "FROM scratch\n");
        Engine = new FakeContainerEngine();
        Assert.Equal(1, await RunAsync("stack", "install"));
        Assert.Contains("ended with exit code 7", Error);
        Assert.True(File.Exists(Path.Combine(Home, "web", "made")));
    }

    [Fact]
    public async Task A_build_without_a_dockerfile_creates_nothing()
    {
        Write("kontena.yml", "stack: acme/shop\nservices:\n  web:\n    image: acme/web:1\n    build: .\n");
        Engine = new FakeContainerEngine();
        Assert.Equal(1, await RunAsync("stack", "install"));
        Assert.Contains($"There is no Dockerfile in {Home}", Error);
        Assert.Empty(Master.Seen);
    }

    [Fact]
    public async Task Upgrade_reports_asks_and_deploys()
    {
        Write("kontena.yml", "stack: acme/shop\nservices:\n  web:\n    image: acme/web:2\n  api:\n    image: acme/api:1\n");
        Master.On("GET", "/v1/stacks/main/shop", Some.Stack(services: $"{Some.Service()},{Some.Service(name: "legacy")}")).On("PUT", "/v1/stacks/main/shop", Some.Stack());
        Terminal.Type("n");
        Variables["NO_COLOR"] = "1";
        Assert.Equal(1, await RunAsync("stack", "upgrade", "shop"));
        Assert.Equal("> Calculated changes:\n  ~ shop\n    - shop/legacy\n    ~ shop/web\n    + shop/api\n\n", Out);
        Assert.Contains("Are you sure?", Error);
        Assert.Contains("Aborted command.", Error);
        Assert.False(Master.Got("PUT", "/v1/stacks/main/shop"));

        Assert.Equal(0, await AgainAsync("stack", "upgrade", "--force", "--no-deploy", "shop"));
        Assert.True(Master.Got("PUT", "/v1/stacks/main/shop"));
    }

    [Fact]
    public async Task Upgrade_to_another_stack_is_unsafe_and_a_dry_run_changes_nothing()
    {
        Write("kontena.yml", "stack: acme/store\nservices:\n  web:\n    image: acme/web:2\n");
        Master.On("GET", "/v1/stacks/main/shop", Some.Stack(services: Some.Service()));
        Assert.Equal(0, await RunAsync("stack", "upgrade", "--dry-run", "shop"));
        Assert.Contains("- shop from acme/shop to acme/store", Out);
        Assert.Equal(1, await AgainAsync("stack", "upgrade", "shop"));
        Assert.Contains("Command requires --force", Error);
        Assert.DoesNotContain(Master.Seen, request => request.Method == "PUT");
    }

    [Fact]
    public async Task Plan_prints_what_changes_where_it_lands_and_the_token()
    {
        Write("kontena.yml", Minimal);
        Master.On("GET", "/v1/stacks/main/shop", Some.Stack(services: Some.Service())).On("POST", "/v1/stacks/main/shop/plan", """
            {"name":"shop","token":"plan1-abc","revision":2,"next_revision":3,"fields":[{"field":"version","before":"1.0.0","after":"1.1.0"}],
             "services":[
              {"name":"web","change":"update","fields":[{"field":"image","before":"acme/web:2","after":"acme/web:3"},{"field":"env.MODE","before":null,"after":"prod"}],
               "problem":null,"counts":{"restart":1,"stay":1},"instances":[
                {"name":"shop.web-1","action":"restart","from":"core-1","to":"core-1"},{"name":"shop.web-2","action":"stay","from":"core-2","to":"core-2"}]},
              {"name":"big","change":"create","fields":[],"problem":"no node for shop.big-1","counts":{},"instances":[]},
              {"name":"old","change":"remove","fields":[],"problem":null,"counts":{"stop":1},"instances":[{"name":"shop.old-1","action":"stop","from":"core-1","to":null}]}]}
            """);
        Assert.Equal(0, await RunAsync("stack", "plan"));
        Assert.Equal(
            """
            ~ shop: revision 2 becomes 3
                version: 1.0.0 → 1.1.0
              ~ web: 1 restart, 1 stay
                  image: acme/web:2 → acme/web:3
                  env.MODE: prod
              + big: no instances
                  would not be deployed: no node for shop.big-1
              - old: 1 stop

            INSTANCE     WHAT      FROM     TO
            shop.web-1   restart   core-1   core-1
            shop.old-1   stop      core-1   -

            token: plan1-abc

            """.ReplaceLineEndings("\n"),
            Out);
        Assert.DoesNotContain("\"plan\"", Master.BodyOf("POST", "/v1/stacks/main/shop/plan"));
        // The remembered value of the variable, as an upgrade with --reuse-values takes it.
        Assert.Contains("\"image\":\"acme/web:3\"", Master.BodyOf("POST", "/v1/stacks/main/shop/plan"));
    }

    [Fact]
    public async Task Plan_of_a_stack_that_is_not_there_asks_for_it_by_the_name_of_the_file()
    {
        Write("kontena.yml", Minimal);
        Master.OnStatus("GET", "/v1/stacks/main/shop", 404, """{"error":"Not found"}""")
            .On("POST", "/v1/stacks/main/shop/plan", """{"name":"shop","token":"plan1-abc","revision":0,"next_revision":1,"fields":[],"services":[]}""");
        Assert.Equal(0, await RunAsync("stack", "plan"));
        Assert.StartsWith("+ shop: a new stack\n", Out);
    }

    [Theory]
    [InlineData(0, "kontena stack install --plan plan1-abc --name mine --grid main -v tag=7 -v 'note=it'\\''s $5' --values-from 'my values.yml' --values-from-stack other 'my stack.yml'")]
    [InlineData(2, "kontena stack upgrade --plan plan1-abc --reuse-values --grid main -v tag=7 -v 'note=it'\\''s $5' --values-from 'my values.yml' --values-from-stack other mine 'my stack.yml'")]
    public async Task The_next_command_has_what_the_plan_was_made_with(int revision, string next)
    {
        Write("my stack.yml", Minimal + "  note:\n    image: acme/note\n");
        Write("my values.yml", "tag: '6'\n");
        Master.On("GET", "/v1/stacks/main/other", Some.Stack());
        if (revision == 0) Master.OnStatus("GET", "/v1/stacks/main/mine", 404, """{"error":"Not found"}""");
        else Master.On("GET", "/v1/stacks/main/mine", Some.Stack());
        Master.On("POST", "/v1/stacks/main/mine/plan", $$"""{"name":"mine","token":"plan1-abc","revision":{{revision}},"next_revision":3,"fields":[],"services":[]}""");

        Assert.Equal(0, await RunAsync(
            "stack", "plan", "--grid", "main", "--name", "mine", "-v", "tag=7", "--variable", "note=it's $5", "--values-from", "my values.yml", "--values-from-stack", "other", "my stack.yml"));

        Assert.Contains($"Next: {next}\n", Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Upgrade_and_install_send_the_token_of_their_plan()
    {
        Write("kontena.yml", Minimal);
        Master.On("GET", "/v1/stacks/main/shop", Some.Stack(services: Some.Service()))
            .OnStatus("PUT", "/v1/stacks/main/shop", 422, """{"error":{"plan":["core-2 is offline; plan again: kontena stack plan"]}}""")
            .On("POST", "/v1/grids/main/stacks", Some.Stack());
        Assert.Equal(1, await RunAsync("stack", "upgrade", "--plan", "plan1-abc", "--no-deploy", "shop"));
        Assert.Contains("\"plan\":\"plan1-abc\"", Master.BodyOf("PUT", "/v1/stacks/main/shop"));
        Assert.Contains("core-2 is offline; plan again", Error);
        Assert.Equal(0, await AgainAsync("stack", "install", "--plan", "plan1-abc", "--no-deploy"));
        Assert.Contains("\"plan\":\"plan1-abc\"", Master.BodyOf("POST", "/v1/grids/main/stacks"));
    }

    [Fact]
    public async Task Upgrade_remembers_the_installed_values()
    {
        Write("kontena.yml", Minimal);
        Master.On("GET", "/v1/stacks/main/shop", Some.Stack(services: Some.Service())).On("PUT", "/v1/stacks/main/shop", Some.Stack());
        Assert.Equal(0, await RunAsync("stack", "upgrade", "--reuse-values", "--no-deploy", "shop", "kontena.yml"));
        Assert.Contains("\"image\":\"acme/web:3\"", Master.BodyOf("PUT", "/v1/stacks/main/shop"));
    }

    [Fact]
    public async Task Values_of_an_installed_stack_can_be_used()
    {
        Write("kontena.yml", Minimal);
        Master.On("GET", "/v1/stacks/main/shop", Some.Stack());
        Assert.Equal(0, await RunAsync("stack", "validate", "--grid", "main", "--values-from-stack", "shop", "--format", "api-json"));
        Assert.Contains("\"image\": \"acme/web:3\"", Out);
    }
}

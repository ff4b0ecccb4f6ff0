using Kontena.Cli.Tests.Support;

namespace Kontena.Cli.Tests.Commands;

public sealed class DeployTests : CliTest
{
    private const string Web = "/v1/services/main/shop/web";
    private const string Ongoing = """{"instance_number":1,"node":"core-01","state":"ongoing","error":null}""";
    private const string Good = """{"instance_number":1,"node":"core-01","state":"success","error":null}""";
    private const string Bad = """{"instance_number":2,"node":"core-02","state":"error","error":"exited with code 3"}""";
    private const string BadWithLines = """{"instance_number":2,"node":"core-02","state":"error","error":"GridServiceInstanceDeployer::ServiceError: exited with code 3\nboom\nbye"}""";

    [Fact]
    public async Task Deploy_says_each_instance_and_succeeds()
    {
        Master.On("POST", $"{Web}/deploy", Some.Deploy("created"))
            .On("GET", $"{Web}/deploys/d1", Some.Deploy("ongoing", Ongoing), Some.Deploy("ongoing", Good), Some.Deploy("success", Good));
        Assert.Equal(0, await RunAsync("service", "deploy", "--force", "shop/web"));
        Assert.Equal("{\"force\":true}", Master.BodyOf("POST", $"{Web}/deploy"));
        Assert.Equal("", Out);
        Assert.Equal(
            "* Deploying service shop/web.. \n  ⊝ Starting instance main/shop/web-1 on node core-01\n"
            + "  ⊛ Deployed instance main/shop/web-1 to node core-01\n* Deploying service shop/web.. done\nNext: kontena service show shop/web\n", Error);
    }

    [Fact]
    public async Task A_master_that_is_away_for_a_moment_does_not_end_the_waiting()
    {
        Master.On("POST", $"{Web}/deploy", Some.Deploy("created")).On("GET", $"{Web}/deploys/d1", Some.Deploy("ongoing", Ongoing))
            .OnStatus("GET", $"{Web}/deploys/d1", 503, """{"error":"Redis is away"}""")
            .OnRequest("GET", $"{Web}/deploys/d1", context =>
            {
                context.Abort();
                return Task.CompletedTask;
            })
            .On("GET", $"{Web}/deploys/d1", Some.Deploy("success", Good));
        Assert.Equal(0, await RunAsync("service", "deploy", "shop/web"));
        Assert.Contains("  503 : Redis is away (/v1/services/main/shop/web/deploys/d1); asking again for 30 s\n", Error);
        Assert.Contains("* Deploying service shop/web.. done\n", Error);
    }

    [Fact]
    public async Task What_a_deploy_waits_for_is_said_once()
    {
        Master.On("POST", $"{Web}/deploy", Some.Deploy("created")).On("GET", $"{Web}/deploys/d1",
            Some.Deploy("ongoing", reason: "waiting: 1 suspect"), Some.Deploy("ongoing", reason: "waiting: 1 suspect"), Some.Deploy("success", Good));
        Assert.Equal(0, await RunAsync("service", "deploy", "shop/web"));
        Assert.Equal(2, Error.Split("  waiting: 1 suspect\n").Length);
    }

    [Fact]
    public async Task A_master_that_stays_away_ends_it_with_its_reason()
    {
        AwayLimit = TimeSpan.Zero;
        Master.On("POST", $"{Web}/deploy", Some.Deploy("created")).OnStatus("GET", $"{Web}/deploys/d1", 503, """{"error":"Redis is away"}""");
        Assert.Equal(1, await RunAsync("service", "deploy", "shop/web"));
        Assert.Contains(" [error] 503 : Redis is away", Error);
    }

    [Fact]
    public async Task A_failed_deploy_shows_reason_instance_and_last_lines()
    {
        Master.On("POST", $"{Web}/deploy", Some.Deploy("created"))
            .On("GET", $"{Web}/deploys/d1", Some.Deploy("error", $"{Good},{Bad}", "halting deploy of main/shop/web, one or more instances failed"))
            .On("GET", $"{Web}/container_logs?instance=2&limit=10", $$"""{"logs":[{{Some.Log("1", "shop.web-2", "out of cheese")}}]}""");
        Assert.Equal(1, await RunAsync("service", "deploy", "shop/web"));
        Assert.Contains("* Deploying service shop/web.. fail\n", Error);
        Assert.Contains(
            " [error] 500 : halting deploy of main/shop/web, one or more instances failed:\n"
            + "\t⊛ Deployed instance main/shop/web-1 to node core-01\n"
            + "\t⊗ Failed to deploy instance main/shop/web-2 to node core-02: exited with code 3\n"
            + "\tlast lines of shop.web-2:\n\t    out of cheese\n", Error);
    }

    [Fact]
    public async Task Lines_in_the_error_are_not_asked_for_again()
    {
        Master.On("POST", $"{Web}/deploy", Some.Deploy("created")).On("GET", $"{Web}/deploys/d1", Some.Deploy("error", BadWithLines, "failed"));
        Assert.Equal(1, await RunAsync("service", "deploy", "shop/web"));
        Assert.Contains("exited with code 3\n\t    boom\n\t    bye\n", Error);
        Assert.DoesNotContain(Master.Seen, request => request.Path.Contains("container_logs", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Scale_sends_the_number_and_waits()
    {
        Master.On("POST", $"{Web}/scale", Some.Deploy("created")).On("GET", $"{Web}/deploys/d1", Some.Deploy("success", Good));
        Assert.Equal(0, await RunAsync("service", "scale", "shop/web", "5"));
        Assert.Equal("{\"instances\":5}", Master.BodyOf("POST", $"{Web}/scale"));
        Assert.Equal(1, await RunAsync("service", "scale", "shop/web", "-3"));
        Assert.Contains("a number below zero is not possible", Error);
    }

    [Fact]
    public async Task Rollback_sends_the_revision_and_waits()
    {
        Master.On("POST", $"{Web}/rollback", Some.Deploy("created")).On("GET", $"{Web}/deploys/d1", Some.Deploy("success", Good));
        Assert.Equal(0, await RunAsync("service", "rollback", "--to", "3", "shop/web"));
        Assert.Equal("{\"revision\":3}", Master.BodyOf("POST", $"{Web}/rollback"));
        Assert.Contains("* Rolling back service shop/web.. done\n", Error);
    }

    [Fact]
    public async Task A_deploy_that_was_rolled_back_says_both()
    {
        Master.On("POST", $"{Web}/deploy", Some.Deploy("created"))
            .On("GET", $"{Web}/deploys/d1", Some.Deploy("error", BadWithLines, "rolled back to revision 1; halting deploy of main/shop/web, one or more instances failed: shop.web-2"));
        Assert.Equal(1, await RunAsync("service", "deploy", "shop/web"));
        Assert.Contains("[error] 500 : rolled back to revision 1; halting deploy of main/shop/web, one or more instances failed:\n", Error);
        Assert.Contains("boom", Error);
    }

    [Fact]
    public async Task History_lists_what_was_deployed()
    {
        Master.On("GET", $"{Web}/revisions", """
            {"revisions":[{"revision":2,"current":true,"created_at":"2026-03-01T12:00:00Z","cause":"updated","image":"web:2","changes":["image"],"deploy":{"id":"d2","state":"error","reason":"x"}},
            {"revision":1,"current":false,"created_at":"2026-03-01T11:00:00Z","cause":"created","image":"web:1","changes":[],"deploy":null}]}
            """);
        Assert.Equal(0, await RunAsync("service", "history", "shop/web"));
        Assert.Matches(@"2 \(current\) +\S+ ago +updated +web:2 +image +error", Out);
        Assert.Matches(@"1 +\S+ ago +created +web:1 +-", Out);
    }

    [Fact]
    public async Task Cancel_waits_for_the_end_and_says_what_was_done()
    {
        Master.On("POST", $"{Web}/cancel", Some.Deploy("ongoing"))
            .On("GET", $"{Web}/deploys/d1", Some.Deploy("ongoing", Good), Some.Deploy("error", Good, "cancelled by administrator: 1 of 2 instances were deployed"));
        Assert.Equal(0, await RunAsync("service", "cancel", "shop/web"));
        Assert.Contains("cancelled by administrator: 1 of 2 instances were deployed", Out + Error);
        Assert.Contains("Next: kontena service show shop/web", Error);
    }

    [Fact]
    public async Task Without_waiting_nothing_is_polled()
    {
        Master.On("POST", $"{Web}/deploy", Some.Deploy("created"));
        Assert.Equal(0, await RunAsync("service", "deploy", "--no-wait", "shop/web"));
        Assert.Single(Master.Seen);
    }

    [Fact]
    public async Task Ctrl_c_leaves_the_deploy_running_and_says_how_to_follow()
    {
        Master.On("POST", $"{Web}/deploy", Some.Deploy("created")).OnRequest("GET", $"{Web}/deploys/d1", context =>
        {
            Terminal.PressCtrlC();
            return FakeMaster.WriteAsync(context, 200, Some.Deploy("ongoing", Ongoing));
        });
        Assert.Equal(130, await RunAsync("service", "deploy", "shop/web"));
        Assert.Contains("The deploy of service shop/web goes on. Follow it with: kontena service show shop/web", Error);
    }

    [Fact]
    public async Task A_stack_deploy_says_what_the_next_service_waits_for()
    {
        var waiting = Some.StackDeploy("ongoing", Some.Deploy("success")).Replace("\"state\":\"ongoing\"", "\"state\":\"ongoing\",\"reason\":\"waiting: web depends on db\"", StringComparison.Ordinal);
        Master.On("POST", "/v1/stacks/main/shop/deploy", Some.StackDeploy("ongoing", Some.Deploy("success")))
            .On("GET", "/v1/stacks/main/shop/deploys/s1", waiting, waiting, Some.StackDeploy("success", Some.Deploy("success")))
            .On("GET", $"{Web}/deploys/d1", Some.Deploy("success", Good));
        Assert.Equal(0, await RunAsync("stack", "deploy", "shop"));
        Assert.Single(Error.Split('\n'), line => line.Contains("waiting: web depends on db", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stack_deploy_follows_every_service()
    {
        Master.On("POST", "/v1/stacks/main/shop/deploy", Some.StackDeploy("created"))
            .On("GET", "/v1/stacks/main/shop/deploys/s1",
                Some.StackDeploy("created"),
                Some.StackDeploy("ongoing", Some.Deploy("ongoing")),
                Some.StackDeploy("ongoing", Some.Deploy("success"), Some.Deploy("ongoing", id: "d2", service: "main/shop/db")),
                Some.StackDeploy("success", Some.Deploy("success"), Some.Deploy("success", id: "d2", service: "main/shop/db")))
            .On("GET", $"{Web}/deploys/d1", Some.Deploy("success", Good))
            .On("GET", "/v1/services/main/shop/db/deploys/d2", Some.Deploy("success", id: "d2", service: "main/shop/db"));
        Assert.Equal(0, await RunAsync("stack", "deploy", "shop"));
        Assert.Contains("* Triggering deployment of stack shop.. done\n", Error);
        Assert.Contains("* Waiting for deployment to start.. done\n", Error);
        Assert.Contains("* Deploying service shop/web.. done\n", Error);
        Assert.Contains("* Deploying service shop/db.. done\n", Error);
    }

    [Fact]
    public async Task A_failed_stack_deploy_lists_its_services()
    {
        Master.On("POST", "/v1/stacks/main/shop/deploy", Some.StackDeploy("ongoing", Some.Deploy("ongoing")))
            .On("GET", "/v1/stacks/main/shop/deploys/s1", Some.StackDeploy("error", Some.Deploy("error", BadWithLines, "halting deploy of x, one or more instances failed: exited with code 3\\nboom")))
            .On("GET", $"{Web}/deploys/d1", Some.Deploy("error", BadWithLines, "halting deploy of x, one or more instances failed: exited with code 3\\nboom"));
        Assert.Equal(1, await RunAsync("stack", "deploy", "shop"));
        Assert.Contains("deploy failed", Error);
        Assert.Contains(
            "Deployment of service main/shop/web failed:\n  - halting deploy of x, one or more instances failed\n"
            + "\t⊗ Failed to deploy instance main/shop/web-2 to node core-02: exited with code 3\n\t    boom\n\t    bye\n", Error);
    }

    [Fact]
    public async Task A_stack_deploy_that_fails_before_its_services_says_so()
    {
        Master.On("POST", "/v1/stacks/main/shop/deploy", Some.StackDeploy("created")).On("GET", "/v1/stacks/main/shop/deploys/s1", Some.StackDeploy("error"));
        Assert.Equal(1, await RunAsync("stack", "deploy", "shop"));
        Assert.Contains(" [error] Stack deploy failed", Error);
    }
}

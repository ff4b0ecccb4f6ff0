using System.Text.Json;
using Kontena.Cli.Api;
using Kontena.Cli.Tests.Support;

namespace Kontena.Cli.Tests.Api;

/// <summary>What a person reads when something fails (cli.md §3).</summary>
public sealed class ErrorLayoutTests : CliTest
{
    [Fact]
    public async Task A_plain_error_names_status_cause_and_path()
    {
        Master.OnStatus("GET", "/v1/stacks/main/shop", 404, """{"error":"Not found"}""");
        Assert.Equal(1, await RunAsync("stack", "show", "shop"));
        Assert.Equal(" [error] 404 : Not found (/v1/stacks/main/shop)\n         The stacks there are: kontena stack ls\n", Error);
        Assert.Equal("", Out);
    }

    [Fact]
    public async Task An_empty_body_leaves_the_reason_phrase()
    {
        Master.OnStatus("GET", "/v1/stacks/main/shop", 404, "{}");
        Assert.Equal(1, await RunAsync("stack", "show", "shop"));
        Assert.StartsWith(" [error] 404 : Not Found (/v1/stacks/main/shop)\n", Error);
    }

    [Fact]
    public async Task Validation_errors_stand_one_per_line_with_their_paths()
    {
        Master.OnStatus("POST", "/v1/grids/main/services", 422, """{"error":{"name":"is already taken","env":[null,"Env[1] isn't in the right format"],"health_check":{"port":"is required"}}}""");
        Assert.Equal(1, await RunAsync("service", "create", "web", "nginx"));
        Assert.Contains(
            " [error] 422 : Unprocessable Entity:\n\tname: is already taken\n\tenv[1]: Env[1] isn't in the right format\n\thealth_check.port: is required\n", Error);
    }

    [Fact]
    public async Task A_refused_connection_is_one_sentence_and_a_remedy()
    {
        Variables["KONTENA_URL"] = "http://127.0.0.1:9";
        Assert.Equal(1, await RunAsync("service", "ls"));
        Assert.Equal(
            " [error] Cannot reach the Kontena Master at http://127.0.0.1:9: connection refused\n"
            + "         Check that it runs (infra/up starts one here), or choose another: kontena master use NAME\n", Error);
    }

    [Fact]
    public async Task A_wrong_token_is_told_how_to_log_in()
    {
        Master.OnStatus("GET", "/v1/grids", 403, """{"error":"invalid_token","error_description":"Token expired"}""");
        Assert.Equal(1, await RunAsync("grid", "ls"));
        Assert.Contains("403 : Token expired (/v1/grids)", Error);
        Assert.Contains("kontena master login", Error);
    }

    [Fact]
    public async Task A_silent_master_ends_in_a_sentence()
    {
        Variables["EXCON_READ_TIMEOUT"] = "1";
        Master.OnRequest("GET", "/v1/grids", context => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted));
        Assert.Equal(1, await RunAsync("grid", "ls"));
        Assert.Contains("did not answer GET /v1/grids in 1 s", Error);
    }

    [Fact]
    public async Task An_answer_that_is_no_json_is_no_stack_trace()
    {
        Master.On("GET", "/v1/grids", "<html>");
        Assert.Equal(1, await RunAsync("grid", "ls"));
        Assert.Contains("The master's answer to /v1/grids could not be read", Error);
        Assert.DoesNotContain("   at ", Error);
    }

    [Fact]
    public async Task A_missing_grid_is_told_how_to_choose_one()
    {
        Variables.Remove("KONTENA_GRID");
        Assert.Equal(1, await RunAsync("service", "ls"));
        Assert.Contains("You have not selected a grid.", Error);
    }

    [Fact]
    public async Task A_wrong_url_is_named()
    {
        Variables["KONTENA_URL"] = "localhost:9292";
        Assert.Equal(1, await RunAsync("service", "ls"));
        Assert.Contains("Invalid master URL 'localhost:9292'", Error);
    }

    [Fact]
    public void A_thousand_mistakes_are_cut_and_counted()
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new { error = Enumerable.Range(0, 1000).ToDictionary(i => $"f{i}", i => "bad") });
        var error = ApiErrors.From(422, "Unprocessable Entity", "/v1/x", body, json: true);
        Assert.Equal(101, error.Details.Count);
        Assert.Equal("\t… and 900 more", error.Details[^1]);
    }
}

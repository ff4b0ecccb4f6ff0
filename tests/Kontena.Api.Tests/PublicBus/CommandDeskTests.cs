using System.Text;
using System.Text.Json.Nodes;
using Kontena.Api.Audit;
using Kontena.Api.PublicBus;
using Kontena.Contracts.Commands;
using Kontena.Contracts.Grids;
using Kontena.Contracts.Identity;
using Kontena.Contracts.Requests;
using Kontena.Contracts.Volumes;
using Kontena.Hosting.PublicBus;
using Kontena.State;
using Microsoft.Extensions.DependencyInjection;

namespace Kontena.Api.Tests.PublicBus;

/// <summary>Commands of integrations through the whole HTTP pipeline, without a broker.</summary>
public sealed class CommandDeskTests
{
    private const string Me = "integration.ci";
    private const string MyQueue = "integration.ci.replies";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_operation_is_answered_as_over_HTTP()
    {
        await using var api = await StartAsync();

        var byName = await AskAsync(api, """{"operation":"showGrid","parameters":{"grid":"main"}}""");
        var byPath = await AskAsync(api, """{"method":"GET","path":"/v1/grids/main"}""");

        Assert.Equal((200, (await api.GetAsync("/v1/grids/main")).Text), (byName.Status, byName.Body!.ToJsonString(Contracts.Http.KontenaResponseJson.Wire.Options)));
        Assert.Equal(byName.Body.ToJsonString(), byPath.Body!.ToJsonString());
        Assert.Equal("main", (string?)byName.Body["name"]);
    }

    [Fact]
    public async Task A_body_and_a_query_reach_the_operation_and_an_error_is_a_problem()
    {
        await using var api = await StartAsync(roles: [UserRoles.MasterAdmin]);
        api.Bus.Answer<CreateGrid>(grid => CommandResult.Refused(FieldError.At("name", $"'{grid.Name}' is taken")));

        var refused = await AskAsync(api, """{"operation":"createGrid","body":{"name":"main"}}""");
        var shape = await AskAsync(api, """{"operation":"createGrid","body":[]}""");
        var query = await AskAsync(api, """{"operation":"listGridLogs","parameters":{"grid":"main","limit":"many"}}""");

        Assert.Equal(("main", 422), (api.Bus.Single<CreateGrid>().Name, refused.Status));
        Assert.Equal(("Unprocessable Entity", "'main' is taken"), ((string?)refused.Body!["title"], (string?)refused.Body["error"]!["name"]));
        Assert.Equal((400, "Invalid json: the body must be an object"), (shape.Status, (string?)shape.Body!["detail"]));
        Assert.NotEqual(200, query.Status);
    }

    [Fact]
    public async Task Whom_a_command_is_for_travels_with_it()
    {
        await using var api = await StartAsync();
        api.Bus.Answer<CreateVolume>(_ => CommandResult.Refused(FieldError.At("name", "no")));

        await AskAsync(api, """{"operation":"createVolume","parameters":{"grid":"main"},"body":{"name":"x"}}""");

        Assert.Equal(
            new Caller { Id = "ci", Name = "ci@integration", Kind = CallerKind.Integration, Program = "kontena.commands" }, Assert.Single(api.Bus.Callers));
    }

    [Fact]
    public async Task It_may_do_what_a_user_with_its_roles_and_grids_may_and_nothing_more()
    {
        await using var api = await StartAsync();
        await api.PutAsync(StateKeys.Grid, StateKeys.System, Some.Grid() with { Name = "other" });

        Assert.Equal((403, "Access denied"), await DetailAsync(api, """{"operation":"showGrid","parameters":{"grid":"other"}}"""));
        Assert.Equal(404, (await AskAsync(api, """{"operation":"showGrid","parameters":{"grid":"none"}}""")).Status);
        Assert.Equal(422, (await AskAsync(api, """{"operation":"createGrid","body":{"name":"x"}}""")).Status);
        Assert.Equal((403, "Operation not allowed"), await DetailAsync(api, """{"operation":"createIntegration","body":{"name":"x"}}"""));
        // What asks nobody who they are is none of the operations, by its path neither.
        Assert.Equal((404, "This path is not for integrations"), await DetailAsync(api, """{"method":"POST","path":"/v1/enrol"}"""));
        Assert.Empty(api.Bus.Asked);
    }

    [Fact]
    public async Task A_viewer_looks_and_hears_why_it_may_not_change_anything_or_read_secrets()
    {
        await using var api = await StartAsync(isViewer: true);

        Assert.Equal(200, (await AskAsync(api, """{"operation":"showGrid","parameters":{"grid":"main"}}""")).Status);
        var change = await DetailAsync(api, """{"operation":"createVolume","parameters":{"grid":"main"},"body":{"name":"x"}}""");
        var secret = await DetailAsync(api, """{"operation":"showSecret","parameters":{"grid":"main","name":"x"}}""");
        Assert.Equal((403, "Integration ci is a viewer and may only look; this changes something. It takes an integration without the role viewer"), change);
        Assert.Equal((403, "Integration ci is a viewer and may only look; this shows a secret. It takes an integration without the role viewer"), secret);
        Assert.Empty(api.Bus.Asked);
    }

    [Fact]
    public async Task A_viewer_is_not_shown_the_token_with_which_machines_join()
    {
        await using var viewers = await StartAsync(isViewer: true);
        await using var users = await StartAsync();
        string[] questions =
        [
            """{"operation":"listGrids"}""", """{"operation":"showGrid","parameters":{"grid":"main"}}""",
            """{"operation":"listNodes","parameters":{"grid":"main"}}""", """{"operation":"showNode","parameters":{"grid":"main","node":"core-01"}}""",
        ];
        foreach (var question in questions)
        {
            var (status, seen) = await AskAsync(viewers, question);
            Assert.Equal(200, status);
            Assert.DoesNotContain("a-token-of-the-grid", seen!.ToJsonString(), StringComparison.Ordinal);
            Assert.Contains("a-token-of-the-grid", (await AskAsync(users, question)).Body!.ToJsonString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_it_is_refused_is_counted_for_the_audit_log_like_that_of_everybody_else()
    {
        await using var api = await StartAsync(isViewer: true);
        await api.PutAsync(StateKeys.Grid, StateKeys.System, Some.Grid() with { Name = "other" });

        await AskAsync(api, """{"operation":"showGrid","parameters":{"grid":"other"}}""");
        await AskAsync(api, """{"operation":"showSecret","parameters":{"grid":"main","name":"x"}}""");
        await AskAsync(api, """{"operation":"showGrid","parameters":{"grid":"main"}}""");

        var refused = api.Services.GetRequiredService<RefusalWindow>().Take()!.Refused;
        Assert.Equal(["ci grid user other 403 1", "ci grid user main 403 1"], refused.Select(one => $"{one.Caller.Id} {one.Need} {one.Grid} {one.Status} {one.Count}"));
        Assert.All(refused, one => Assert.Equal(CallerKind.Integration, one.Caller.Kind));
    }

    [Theory]
    [InlineData(null, MyQueue, "user_id is missing")]
    [InlineData("kontena", MyQueue, "user_id is 'kontena'")]
    [InlineData(Me, "integration.other.replies", "a queue of the integration's own, integration.ci.…")]
    [InlineData(Me, "integration.ci.", "reply_to is")]
    [InlineData(Me, "grid-manager", "reply_to is 'grid-manager'")]
    public async Task Who_may_not_be_answered_is_laid_aside_with_the_reason(string? user, string replyTo, string why)
    {
        await using var api = await StartAsync();

        var answer = await Desk(api).AnswerAsync(new PublicCommand(user, replyTo, "1", false, "{}"u8.ToArray()), Cancelled);

        Assert.Null(answer.Answer);
        Assert.Contains(why, answer.LaidAside, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_queue_for_answers_only_failures_are_laid_aside()
    {
        await using var api = await StartAsync();

        Assert.Equal(new PublicAnswer(null, null), await Desk(api).AnswerAsync(Command("""{"operation":"listGrids"}""") with { ReplyTo = null }, Cancelled));
        var failed = await Desk(api).AnswerAsync(Command("nonsense") with { ReplyTo = null }, Cancelled);
        Assert.Contains("400: {\"message\":\"message is no JSON", failed.LaidAside, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_reason_to_lay_one_aside_fits_into_a_header_however_much_is_wrong()
    {
        await using var api = await StartAsync();
        var texts = string.Join(',', Enumerable.Range(0, 60).Select(number => $"\"{new string('x', 60)}{number}\":null"));

        var failed = await Desk(api).AnswerAsync(Command("{\"operation\":\"listGrids\",\"parameters\":{" + texts + "}}") with { ReplyTo = null }, Cancelled);

        Assert.InRange(failed.LaidAside!.Length, 1_000, 2_001);
    }

    [Fact]
    public async Task Removed_it_is_refused_at_once()
    {
        await using var api = await StartAsync();
        await api.DeleteAsync(StateKeys.User, StateKeys.System, (await AskAsync(api, """{"operation":"showUser"}""")).Body!["id"]!.ToString());

        Assert.Equal((403, "There is no integration ci any more"), await DetailAsync(api, """{"operation":"showUser"}"""));
    }

    [Fact]
    public async Task What_was_handed_over_before_changes_nothing_without_a_key()
    {
        await using var api = await StartAsync(roles: [UserRoles.MasterAdmin]);
        api.Bus.Answer<CreateGrid>(_ => CommandResult.Refused(FieldError.At("name", "no")));

        Assert.Equal(409, (await AskAsync(api, """{"operation":"createGrid","body":{"name":"x"}}""", again: true)).Status);
        Assert.Empty(api.Bus.Asked);
        Assert.Equal(200, (await AskAsync(api, """{"operation":"listGrids"}""", again: true)).Status);

        api.Bus.Answer<BeginKeyedRequest>(_ => new KeyedRequestBegun(KeyedRequestStanding.Begun));
        api.Bus.Answer<EndKeyedRequest>(_ => CommandResult.Done());
        Assert.Equal(422, (await AskAsync(api, """{"operation":"createGrid","body":{"name":"x"},"idempotency_key":"k"}""", again: true)).Status);
        Assert.Equal(422, api.Bus.Single<EndKeyedRequest>().Status);
    }

    [Fact]
    public async Task The_key_is_that_of_HTTP()
    {
        await using var api = await StartAsync();
        api.Bus.Answer<CreateVolume>(_ => CommandResult.Refused(FieldError.At("name", "no")));
        api.Bus.Answer<BeginKeyedRequest>(_ => new KeyedRequestBegun(KeyedRequestStanding.Begun));
        api.Bus.Answer<EndKeyedRequest>(_ => CommandResult.Done());

        foreach (var body in new[] { "a", "a", "b" })
            await AskAsync(api, $$$"""{"operation":"createVolume","parameters":{"grid":"main"},"body":{"name":"{{{body}}}"},"idempotency_key":"k"}""");
        await AskAsync(api, """{"method":"POST","path":"/v1/volumes/main","parameters":{"x":"1"},"body":{"name":"a"},"idempotency_key":"k"}""");
        var asked = api.Bus.Asked.Select(one => one.Message).OfType<BeginKeyedRequest>().ToList();
        Assert.Single(asked.Select(one => one.Id).Distinct());
        Assert.Equal(3, asked.Select(one => one.Fingerprint).Distinct().Count());
        Assert.Equal(asked[0].Fingerprint, asked[1].Fingerprint);

        api.Bus.Answer<BeginKeyedRequest>(_ => new KeyedRequestBegun(KeyedRequestStanding.Answered, 201, new KeyedAnswer { Id = "k", ContentType = "application/json", Body = """{"id":"y"}""" }));
        var again = await AskAsync(api, """{"operation":"createVolume","parameters":{"grid":"main"},"body":{"name":"a"},"idempotency_key":"k"}""");
        Assert.Equal((201, "y"), (again.Status, (string?)again.Body!["id"]));
    }

    [Fact]
    public async Task A_stream_an_unknown_operation_and_an_unknown_parameter_are_refused_in_words()
    {
        await using var api = await StartAsync();

        var follow = await AskAsync(api, """{"operation":"listGridLogs","parameters":{"grid":"main","follow":"1"}}""");
        var unknown = await AskAsync(api, """{"operation":"openExec","parameters":{}}""");
        var parameters = await AskAsync(api, """{"operation":"showGrid","parameters":{"grid":"a/b","colour":"red"}}""");

        Assert.Contains("is a stream", (string?)follow.Body!["error"]!["parameters.follow"], StringComparison.Ordinal);
        Assert.Equal(404, unknown.Status);
        Assert.Equal(["parameters.grid", "parameters.colour"], parameters.Body!["error"]!.AsObject().Select(one => one.Key));
    }

    [Fact]
    public async Task The_document_says_it_all()
    {
        await using var api = await StartAsync();

        var document = (await api.SendAsync(HttpMethod.Get, "/asyncapi.json", client: api.Anonymous)).Json;

        Assert.Equal("3.0.0", (string?)document["asyncapi"]);
        Assert.Equal("kontena.commands", (string?)document["channels"]!["commands"]!["address"]);
        var operations = document["operations"]!.AsObject().Select(one => one.Key).ToList();
        Assert.Contains("createStack", operations);
        Assert.DoesNotContain("openExec", operations);
        Assert.Equal(operations, document["channels"]!["commands"]!["messages"]!.AsObject().Select(one => one.Key));
        Assert.Equal("#/components/schemas/StackRequest", (string?)document["components"]!["messages"]!["createStack"]!["payload"]!["allOf"]![1]!["properties"]!["body"]!["$ref"]);
        Assert.NotNull(document["components"]!["schemas"]!["StackRequest"]!["properties"]!["services"]);
        foreach (var reference in References(document))
            Assert.True(Resolve(document, reference) is not null, reference);
    }

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject found when found["$ref"] is JsonValue reference && reference.ToString().StartsWith("#/co", StringComparison.Ordinal) => [reference.ToString()],
        JsonObject found => found.SelectMany(one => References(one.Value)),
        JsonArray list => list.SelectMany(References),
        _ => [],
    };

    private static JsonNode? Resolve(JsonNode document, string reference) =>
        reference[2..].Split('/').Aggregate((JsonNode?)document, (node, part) => node?[part]);

    internal static async Task<ApiUnderTest> StartAsync(string[]? roles = null, bool isViewer = false)
    {
        var api = await ApiUnderTest.StartAsync();
        await api.SeedAsync();
        await api.PutAsync(StateKeys.User, StateKeys.System, Some.User("ci@integration", ["main"], roles ?? []) with
        {
            Integration = new IntegrationLogin { Name = "ci", BrokerPasswordHash = "h", IsViewer = isViewer },
        });
        return api;
    }

    private static CommandDesk Desk(ApiUnderTest api) => api.Services.GetRequiredService<CommandDesk>();

    private static PublicCommand Command(string body) => new(Me, MyQueue, "1", false, Encoding.UTF8.GetBytes(body));

    private static async Task<(int Status, JsonNode? Body)> AskAsync(ApiUnderTest api, string message, bool again = false)
    {
        var answer = await Desk(api).AnswerAsync(Command(message) with { IsRedelivered = again }, Cancelled);
        Assert.Null(answer.LaidAside);
        var reply = JsonNode.Parse(answer.Answer)!;
        return ((int)reply["status"]!, reply["body"]);
    }

    private static async Task<(int, string?)> DetailAsync(ApiUnderTest api, string message) =>
        await AskAsync(api, message) is var (status, body) ? (status, (string?)body!["detail"]) : default;
}

using Kontena.Api.Containers;
using Kontena.Contracts.Exec;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Nodes;
using Kontena.State;
using Microsoft.Extensions.DependencyInjection;

namespace Kontena.Api.Tests.Containers;

/// <summary>Questions to nodes about their containers (rest-api.md §13.4–13.5), with the test in the place of the node.</summary>
public sealed class ContainerQuestionTests : IAsyncLifetime
{
    private const string Container = "/v1/containers/main/core-01/shop.web-1";
    private ApiUnderTest _api = null!;

    public async ValueTask InitializeAsync()
    {
        _api = await ApiUnderTest.StartAsync(options => options with { CommandTimeout = TimeSpan.FromMilliseconds(200) });
        await _api.SeedAsync();
    }

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Theory]
    [InlineData("inspect", ContainerQuestion.Inspect, """{"Id":"docker-1","Config":{"StopSignal":"SIGINT","Env":["A=***"]},"Size":12345678901234567890}""")]
    [InlineData("top", ContainerQuestion.Top, """[{"UID":"root","PID":"1","CMD":"sleep <1>"}]""")]
    public async Task The_nodes_answer_is_handed_on_as_it_is(string path, ContainerQuestion question, string json)
    {
        Answer(answer => answer with { Json = json });

        var shown = await _api.GetAsync($"{Container}/{path}");

        Assert.Equal((200, "application/json", json), (shown.Status, shown.ContentType, shown.Text));
        var asked = _api.Bus.Single<AskContainer>();
        Assert.Equal(("docker-1", Queues.ApiExec("test"), question), (asked.ContainerId, asked.ReplyTo, asked.Question));
        Assert.Equal(Destination.Queue(Queues.NodeExec("ABCD:0001")), _api.Bus.DestinationOf<AskContainer>());
    }

    [Fact]
    public async Task A_container_that_the_node_does_not_have_is_a_404_without_a_body()
    {
        Answer(answer => answer with { IsMissing = true });

        Assert.Equal((404, ""), await _api.GetAsync($"{Container}/inspect") is var shown ? (shown.Status, shown.Text) : default);
    }

    [Fact]
    public async Task A_refusal_of_the_engine_is_told_in_its_words()
    {
        Answer(answer => answer with { Error = "Container docker-1 is not running" });

        Assert.Equal(
            (500, """{"error":"node core-01: Container docker-1 is not running"}"""),
            await _api.GetAsync($"{Container}/top") is var shown ? (shown.Status, shown.Text) : default);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("{\"a\":")]
    [InlineData("17")]
    [InlineData(null)]
    public async Task What_is_no_JSON_is_not_handed_on_as_JSON(string? json)
    {
        Answer(answer => answer with { Json = json });

        var shown = await _api.GetAsync($"{Container}/inspect");

        Assert.Equal(500, shown.Status);
        Assert.Contains("is no JSON", shown.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_stays_silent_is_named()
    {
        var shown = await _api.GetAsync($"{Container}/inspect");

        Assert.Equal(503, shown.Status);
        Assert.Contains("node core-01 did not answer", shown.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_of_another_node_counts_for_nothing()
    {
        _api.Bus.OnSend = (_, message) =>
        {
            if (message is not AskContainer ask)
                return;
            Deliver(new ContainerAnswer { QuestionId = ask.QuestionId, Json = """{"from":"another"}""" }, NodeOutlet.Of("ABCD:0002", "main", "core-02"));
            Deliver(new ContainerAnswer { QuestionId = ask.QuestionId, Json = """{"from":"the one asked"}""" }, NodeOutlet.Of("ABCD:0001", "main", "core-01"));
        };

        Assert.Equal("""{"from":"the one asked"}""", (await _api.GetAsync($"{Container}/inspect")).Text);
    }

    [Theory]
    [InlineData("inspect")]
    [InlineData("top")]
    public async Task Nothing_is_asked_of_a_node_that_is_away_or_of_a_container_that_is_not_there(string path)
    {
        Assert.Equal((404, """{"error":"Not found"}"""), await _api.GetAsync($"/v1/containers/main/core-01/nope/{path}") is var unknown ? (unknown.Status, unknown.Text) : default);
        await _api.PutAsync(StateKeys.NodeLiveness, "main", Some.Liveness(LivenessState.Offline));

        var away = await _api.GetAsync($"{Container}/{path}");

        Assert.Equal(503, away.Status);
        Assert.Contains("node core-01 does not answer", away.Error, StringComparison.Ordinal);
        Assert.Empty(_api.Bus.Sent);
    }

    private void Answer(Func<ContainerAnswer, ContainerAnswer> how) => _api.Bus.OnSend = (_, message) =>
    {
        if (message is AskContainer ask)
            Deliver(how(new ContainerAnswer { QuestionId = ask.QuestionId }), sender: null);
    };

    private void Deliver(ContainerAnswer answer, NodeOutlet? sender) => _api.Services.GetRequiredService<ContainerQuestions>().Deliver(answer, sender);
}

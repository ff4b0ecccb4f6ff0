using System.Text.Json.Nodes;
using Kontena.Contracts.Exec;
using Kontena.Docker;
using Kontena.NodeAgent.Questions;
using Kontena.NodeAgent.Tests.Support;
using Kontena.Testing.Docker;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Kontena.NodeAgent.Tests.Questions;

/// <summary>What the api asks of a node's containers, over an engine in memory.</summary>
public sealed class ContainerQuestionsTests : IAsyncLifetime
{
    private readonly FakeContainerEngine _engine = new();
    private AgentHarness _agent = null!;
    private ContainerQuestions _questions = null!;
    private string _container = "";

    public async ValueTask InitializeAsync()
    {
        _engine.AddImage(TinyImages.Tiny1);
        _agent = await AgentHarness.StartAsync(_engine);
        _questions = new ContainerQuestions(
            _engine, _agent.Supervisor, _agent.Orders, _agent.Membership, _agent.Bus, TimeProvider.System, NullLogger<ContainerQuestions>.Instance);
        await _agent.ApplyAsync(Some.Spec() with { Env = ["MODE=prod"] });
        _container = (await _agent.ObserveAsync(seen => seen.State == Contracts.Instances.ObservedState.Running)).ContainerId!;
    }

    public ValueTask DisposeAsync() => _agent.DisposeAsync();

    [Fact]
    public async Task An_inspection_shows_what_the_service_the_image_and_the_platform_say()
    {
        var env = Env(await AskAsync(ContainerQuestion.Inspect));

        Assert.Equal("MODE=prod", env[0]);
        Assert.Equal("PATH=/bin", env[^1]);
        Assert.Contains("KONTENA_NODE_NAME=node-1", env);
        Assert.DoesNotContain(env, one => one.EndsWith("=***", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_value_that_the_order_does_not_say_is_masked()
    {
        await _agent.ApplyAsync(Some.Spec(), 2);

        Assert.Equal("MODE=***", Env(await AskAsync(ContainerQuestion.Inspect))[0]);
    }

    [Fact]
    public async Task Processes_are_listed_and_a_stopped_container_is_refused_in_the_engines_words()
    {
        Assert.Equal("root", (string?)JsonNode.Parse((await AskAsync(ContainerQuestion.Top)).Json!)![0]!["UID"]);
        _engine.Calls.Hold("StartContainer");
        _engine.Die(_container, 1);

        Assert.Contains("is not running", (await AskAsync(ContainerQuestion.Top)).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no-such-container")]
    [InlineData("foreign")]
    public async Task Only_containers_of_instances_are_told_of(string container)
    {
        await _engine.CreateContainerAsync("foreign", new ContainerConfig { Image = TinyImages.Tiny1 }, TestContext.Current.CancellationToken);
        var id = _engine.Containers.FirstOrDefault(one => one.Name == container)?.Id ?? container;

        Assert.Equal(new ContainerAnswer { QuestionId = "q", IsMissing = true }, await AskAsync(ContainerQuestion.Inspect, id));
        Assert.Equal(0, _engine.Calls.Count("DescribeContainer"));
    }

    [Fact]
    public async Task As_many_as_the_engine_is_asked_at_once_wait_and_one_more_is_refused()
    {
        var gate = _engine.Calls.Hold("Processes");
        var waiting = Enumerable.Range(0, ContainerQuestions.Most).Select(_ => _questions.TellAsync(Question(ContainerQuestion.Top, _container))).ToList();

        await _questions.TellAsync(Question(ContainerQuestion.Top, _container));
        Assert.Contains("16 questions", Assert.Single(_agent.Bus.Of<ContainerAnswer>()).Error, StringComparison.Ordinal);

        gate.Open();
        await Task.WhenAll(waiting);
        Assert.NotNull((await AskAsync(ContainerQuestion.Top)).Json);
    }

    [Fact]
    public async Task A_broker_that_takes_no_answer_harms_nothing()
    {
        _agent.Bus.Away = true;
        await _questions.TellAsync(Question(ContainerQuestion.Top, _container));
        _agent.Bus.Away = false;

        Assert.NotNull((await AskAsync(ContainerQuestion.Top)).Json);
    }

    private async Task<ContainerAnswer> AskAsync(ContainerQuestion question, string? container = null)
    {
        await _questions.TellAsync(Question(question, container ?? _container));
        var sent = _agent.Bus.Sent.Last(one => one.Message is ContainerAnswer);
        Assert.Equal("api-exec-1", sent.Destination.Name);
        return (ContainerAnswer)sent.Message;
    }

    private static AskContainer Question(ContainerQuestion question, string container) =>
        new() { QuestionId = "q", ContainerId = container, ReplyTo = "api-exec-1", Question = question };

    private static List<string> Env(ContainerAnswer answer) => [.. JsonNode.Parse(answer.Json!)!["Config"]!["Env"]!.AsArray().Select(one => (string)one!)];
}

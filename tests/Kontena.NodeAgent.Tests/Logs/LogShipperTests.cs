using Kontena.Contracts.Instances;
using Kontena.Contracts.Logs;
using Kontena.Docker;
using Kontena.NodeAgent.Tests.Support;
using Kontena.Testing;
using Kontena.Testing.Docker;
using Xunit;

namespace Kontena.NodeAgent.Tests.Logs;

/// <summary>From a container's output to the broker, over an engine in memory whose clock gives the stamps.</summary>
public class LogShipperTests
{
    private readonly TestClock _clock = new(TimeProvider.System.GetUtcNow());
    private readonly FakeContainerEngine _engine;

    public LogShipperTests()
    {
        _engine = new FakeContainerEngine(_clock);
        _engine.AddImage(TinyImages.Tiny1);
    }

    private static List<string> Texts(AgentHarness agent) => [.. agent.Bus.Of<LogBatch>().SelectMany(batch => batch.Lines).Select(line => line.Text)];

    private static Task<LogBatch> SaidAsync(AgentHarness agent, string text) =>
        agent.Bus.WaitForAsync<LogBatch>(batch => batch.Lines.Any(line => line.Text == text));

    private async Task<AgentHarness> RunningAsync()
    {
        var agent = await AgentHarness.StartAsync(_engine);
        await agent.ApplyAsync(Some.Spec());
        await agent.ReadyAsync(1);
        return agent;
    }

    [Fact]
    public async Task Lines_of_one_stamp_and_lines_out_of_order_are_all_sent()
    {
        await using var agent = await RunningAsync();
        _engine.Write("shop.web-1", "one");
        _engine.Write("shop.web-1", "two", "stderr");
        _clock.Advance(TimeSpan.FromMilliseconds(-1));
        _engine.Write("shop.web-1", "three");
        _clock.Advance(TimeSpan.FromSeconds(1));
        _engine.Write("shop.web-1", "four");
        await SaidAsync(agent, "four");

        Assert.Equal(["one", "two", "three", "four"], Texts(agent));
    }

    [Fact]
    public async Task A_restarted_agent_repeats_no_line_and_loses_none_of_the_next_stamp()
    {
        string directory;
        await using (var first = await RunningAsync())
        {
            _engine.Write("shop.web-1", "one");
            _engine.Write("shop.web-1", "two");
            await SaidAsync(first, "two");
            directory = first.Directory;
        }

        _clock.Advance(TimeSpan.FromSeconds(1));
        _engine.Write("shop.web-1", "three");
        _engine.Write("shop.web-1", "four");
        await using var second = await AgentHarness.StartAsync(_engine, directory);
        await SaidAsync(second, "four");

        Assert.Equal(["three", "four"], Texts(second));
    }

    [Fact]
    public async Task An_engine_error_ends_no_ones_output()
    {
        _engine.Calls.Fail("Logs", 1, new EngineException(500, "too many open files"));
        await using var agent = await RunningAsync();
        _engine.Write("shop.web-1", "one");

        await SaidAsync(agent, "one");
    }

    [Fact]
    public async Task A_stream_that_ends_before_its_container_is_read_on()
    {
        await using var agent = await RunningAsync();
        _engine.Write("shop.web-1", "one");
        await SaidAsync(agent, "one");
        _engine.EndLogStreams("shop.web-1");
        _clock.Advance(TimeSpan.FromSeconds(1));
        _engine.Write("shop.web-1", "two");
        await SaidAsync(agent, "two");

        Assert.Equal(["one", "two"], Texts(agent));
    }

    [Fact]
    public async Task The_last_words_of_a_container_are_sent_though_its_stream_ended_before_them()
    {
        await using var agent = await AgentHarness.StartAsync(_engine);
        await agent.ApplyAsync(Some.Spec() with { RunOnce = new RunOnce() });
        await agent.Bus.WaitForAsync<InstanceObserved>(one => one.State == ObservedState.Running);
        _engine.Write("shop.web-1", "one");
        await SaidAsync(agent, "one");

        _engine.EndLogStreams("shop.web-1");
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        _engine.Write("shop.web-1", "last");
        _engine.Die("shop.web-1", 0);

        await SaidAsync(agent, "last");
        Assert.Equal(["one", "last"], Texts(agent));
    }
}

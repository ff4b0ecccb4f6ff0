using Kontena.NodeAgent.Heartbeats;
using Xunit;

namespace Kontena.NodeAgent.Tests.Heartbeats;

public sealed class AgentTroublesTests
{
    [Fact]
    public void An_engine_that_answers_and_a_fresh_look_are_no_trouble() =>
        Assert.Empty(AgentTroubles.Of(null, AgentTroubles.Stale, []));

    [Fact]
    public void An_engine_that_does_not_answer_is_said_with_its_reason() =>
        Assert.Equal(["the container engine can't be asked: connection refused"], AgentTroubles.Of("connection refused", TimeSpan.Zero, []));

    [Fact]
    public void An_agent_that_stopped_looking_says_so_in_the_same_words_however_long_it_lasts()
    {
        var early = AgentTroubles.Of(null, AgentTroubles.Stale + TimeSpan.FromSeconds(1), []);
        Assert.Equal(["the agent has not looked at its containers for more than 40 s"], early);
        Assert.Equal(early, AgentTroubles.Of(null, TimeSpan.FromHours(3), []));
    }
}

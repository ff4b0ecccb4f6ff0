using Kontena.Hosting.Bus;
using Xunit;

namespace Kontena.Hosting.Tests.Bus;

public sealed class TopicPatternTests
{
    [Theory]
    [InlineData("7.#", "7.heartbeat", true)]
    [InlineData("7.#", "7.a.b", true)]
    [InlineData("7.#", "7", true)]
    [InlineData("7.#", "70.heartbeat", false)]
    [InlineData("*.join", "3.join", true)]
    [InlineData("*.join", "3.join.more", false)]
    [InlineData("*.join", "join", false)]
    [InlineData("#", "", true)]
    [InlineData("#.b.#", "a.b.c", true)]
    [InlineData("a.*.c", "a.b.c", true)]
    [InlineData("a.b", "a", false)]
    public void A_pattern_matches_word_by_word(string pattern, string key, bool expected) =>
        Assert.Equal(expected, TopicPattern.Matches(pattern, key));
}

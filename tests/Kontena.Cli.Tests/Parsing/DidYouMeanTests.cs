using FsCheck.Fluent;
using Kontena.Cli.Parsing;

namespace Kontena.Cli.Tests.Parsing;

public sealed class DidYouMeanTests
{
    private static readonly string[] Known = ["service", "stack", "node", "grid", "master", "container"];

    [Theory]
    [InlineData("sevice", "service")]
    [InlineData("satck", "stack")]
    [InlineData("cont", "container")]
    [InlineData("nodes", "node")]
    public void A_near_word_is_found(string typed, string meant) => Assert.Equal(meant, DidYouMean.Of(typed, Known)[0]);

    [Theory]
    [InlineData("zzzzzz")]
    [InlineData("x")]
    public void A_far_word_finds_nothing(string typed) => Assert.Empty(DidYouMean.Of(typed, Known));

    [Fact]
    public void The_distance_is_symmetric_and_zero_only_for_equal_words() =>
        FsCheck.Check.One(
            FsCheck.Config.QuickThrowOnFailure,
            Prop.ForAll(Words(), Words(), (left, right) =>
                DidYouMean.Distance(left, right) == DidYouMean.Distance(right, left) && DidYouMean.Distance(left, right) == 0 == (left == right)));

    private static FsCheck.Arbitrary<string> Words() =>
        Gen.Elements('a', 'b', 'c').ListOf().Select(letters => string.Concat(letters)).ToArbitrary();
}

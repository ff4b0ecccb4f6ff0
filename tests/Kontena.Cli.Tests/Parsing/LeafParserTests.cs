using System.CommandLine;
using Kontena.Cli.Parsing;

namespace Kontena.Cli.Tests.Parsing;

public sealed class LeafParserTests
{
    [Fact]
    public void Options_may_follow_parameters()
    {
        var parsed = Parse("NAME", "--silent", "VALUE");
        Assert.Equal(["NAME", "VALUE"], parsed.Words);
        Assert.True(parsed.Silent);
    }

    [Fact]
    public void Two_dashes_end_the_options()
    {
        var parsed = Parse("NAME", "--", "--silent", "-x");
        Assert.Equal(["NAME", "--silent", "-x"], parsed.Words);
        Assert.False(parsed.Silent);
    }

    [Fact]
    public void A_word_equal_to_the_commands_name_is_a_word() => Assert.Equal(["probe", "probe"], Parse("probe", "probe").Words);

    [Fact]
    public void A_word_that_begins_with_an_at_sign_is_no_file() => Assert.Equal(["@x"], Parse("@x").Words);

    [Theory]
    [InlineData("-e", "A=1")]
    [InlineData("-eA=1")]
    [InlineData("--env", "A=1")]
    [InlineData("--env=A=1")]
    [InlineData("-seA=1")]
    public void An_option_takes_its_value_in_every_form(params string[] words) => Assert.Equal(["A=1"], Parse([.. words, "x"]).Env);

    [Fact]
    public void A_repeated_option_keeps_its_order() => Assert.Equal(["A=1", "B=2"], Parse("-e", "A=1", "x", "-e", "B=2").Env);

    [Fact]
    public void An_unknown_option_is_named_with_the_nearest()
    {
        var error = Assert.Throws<UsageException>(() => Parse("x", "--silnt"));
        Assert.Equal("Unrecognised option '--silnt' (to pass it on, put -- before it). Did you mean '--silent'?", error.Message);
    }

    [Fact]
    public void A_missing_parameter_is_named() =>
        Assert.Equal("parameter 'WORD': no value provided", Assert.Throws<UsageException>(() => Parse()).Message);

    [Fact]
    public void A_missing_value_is_named() =>
        Assert.Equal("option '--env': no value provided", Assert.Throws<UsageException>(() => Parse("x", "-e")).Message);

    private static (string[] Words, bool Silent, string[] Env) Parse(params string[] words)
    {
        var probe = new Probe();
        var (parsed, _, _) = LeafParser.Parse(new LeafEntry("probe", "d", "probe x", () => probe), probe, words);
        return (parsed.GetValue(probe.Words)!, parsed.GetValue(probe.Silent), parsed.GetValue(probe.Env) ?? []);
    }

    private sealed class Probe : CommandBody
    {
        public Probe()
        {
            Words = Several("WORD", "words");
            Silent = Switch("--silent", "-s", "say nothing");
            Env = Many("--env", "-e", "K=V", "variables");
        }

        public Argument<string[]> Words { get; }

        public Option<bool> Silent { get; }

        public Option<string[]> Env { get; }

        public override Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken) => Task.FromResult(0);
    }
}

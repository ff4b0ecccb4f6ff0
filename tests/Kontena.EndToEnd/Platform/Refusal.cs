using Xunit;

namespace Kontena.EndToEnd.Platform;

/// <summary>What every refusal has: exit code 1 (cli.md §3), its words, and no trace of what is inside.</summary>
internal static class Refusal
{
    private static readonly string[] Insides = ["Exception", "   at Kontena", "   at System", "Internal Server Error", "Internal server error", "fault of the client"];

    public static void Says(CommandOutput output, params string[] words)
    {
        Assert.True(output.ExitCode == 1, output.ToString());
        foreach (var word in words)
            Assert.True(output.Stderr.Contains(word, StringComparison.Ordinal), $"'{word}' is missing:\n{output}");
        ShowsNoInsides(output.All);
    }

    public static void ShowsNoInsides(string text)
    {
        foreach (var inside in Insides)
            Assert.DoesNotContain(inside, text, StringComparison.Ordinal);
    }
}

using System.Text.RegularExpressions;
using Xunit;

namespace Kontena.Architecture.Tests;

/// <summary>The table of how we run beside the original names tests, and they are there.</summary>
public sealed partial class CompatibilityTableTests
{
    [Fact]
    public void Every_row_is_held_by_a_test_that_is_there()
    {
        var rows = File.ReadLines(Path.Combine(Repository.Root, "infra/docs/runtime-compatibility.md"))
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| Rule", StringComparison.Ordinal)).ToList();
        Assert.True(rows.Count > 80, $"only {rows.Count} rows were read");
        var sources = Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal))
            .GroupBy(file => Path.GetFileName(file).Split('.')[0], StringComparer.Ordinal)
            .ToDictionary(same => same.Key, same => string.Concat(same.Select(File.ReadAllText)), StringComparer.Ordinal);

        var wrong = rows.Where(row => Named().Match(row) is not { Success: true } test
            || !sources.TryGetValue(test.Groups[1].Value, out var source)
            || !source.Contains($" {test.Groups[2].Value}(", StringComparison.Ordinal));

        Assert.Empty(wrong);
    }

    [GeneratedRegex(@"\| `(\w+)\.(\w+)` \|$")]
    private static partial Regex Named();
}

using System.Runtime.CompilerServices;
using Xunit;

namespace Kontena.Contracts.Tests;

/// <summary>The version before (<c>Contracts.previous.txt</c>, as it was approved then) and this one work side by side: what either writes, the other reads. At
/// a release, <c>Contracts.approved.txt</c> becomes the next <c>Contracts.previous.txt</c>.</summary>
public sealed class SkewTests
{
    [Fact]
    public void Nothing_of_the_version_before_was_removed_renamed_or_retyped()
    {
        var current = Read("Contracts.approved.txt");
        var gone = from type in Read("Contracts.previous.txt")
                   from member in type.Value
                   where !current.TryGetValue(type.Key, out var members) || !members.Contains(member)
                   select $"{type.Key}: {member}";

        Assert.Empty(gone);
    }

    [Fact]
    public void Nothing_that_the_version_before_does_not_write_is_required()
    {
        var current = Read("Contracts.approved.txt");
        var demanded = from type in Read("Contracts.previous.txt")
                       from member in current.GetValueOrDefault(type.Key) ?? []
                       where member.StartsWith("required ", StringComparison.Ordinal) && !type.Value.Contains(member)
                       select $"{type.Key}: {member}";

        Assert.Empty(demanded);
    }

    internal static Dictionary<string, List<string>> Read(string file, [CallerFilePath] string here = "")
    {
        var types = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        List<string> members = [];
        foreach (var line in File.ReadLines(Path.Combine(Path.GetDirectoryName(here)!, file)))
        {
            if (line.StartsWith("  ", StringComparison.Ordinal))
                members.Add(line.Trim());
            else
                types[line] = members = [];
        }

        return types;
    }
}

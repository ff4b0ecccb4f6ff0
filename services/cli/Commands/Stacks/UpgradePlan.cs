using Kontena.Cli.Output;
using Kontena.Contracts.Http;
using Kontena.Contracts.Stacks;

namespace Kontena.Cli.Commands.Stacks;

/// <summary>What an upgrade would change (cli.md §8.6): a value, so that it can be shown, asked about, and tested.</summary>
internal sealed record UpgradePlan
{
    public required string Name { get; init; }

    /// <summary>The stack name in the file now installed and in the new one.</summary>
    public required string? FromStack { get; init; }
    public required string? ToStack { get; init; }
    public required IReadOnlyList<string> Removed { get; init; }
    public required IReadOnlyList<string> Kept { get; init; }
    public required IReadOnlyList<string> Added { get; init; }

    public bool Replaces => FromStack != ToStack;

    /// <summary>Data may be lost: a service goes, or the stack becomes another one.</summary>
    public bool Unsafe => Removed.Count > 0 || Replaces;

    public static UpgradePlan Of(StackJson installed, StackRequest wanted)
    {
        var before = installed.Services.Select(service => service.Name).ToList();
        var after = (wanted.Services ?? []).Select(service => service.Name!).ToList();
        return new UpgradePlan
        {
            Name = installed.Name,
            FromStack = WithoutVersion(installed.Stack),
            ToStack = WithoutVersion(wanted.Stack),
            Removed = [.. before.Except(after)],
            Kept = [.. before.Intersect(after)],
            Added = [.. after.Except(before)],
        };
    }

    public void Write(TextWriter output, Paint paint)
    {
        output.WriteLine("> Calculated changes:");
        if (Replaces)
        {
            output.WriteLine(paint.Yellow($"  -/+ {Name}"));
            output.WriteLine(paint.Yellow($"    - {Name} from {FromStack} to {ToStack}"));
        }
        else
        {
            output.WriteLine(paint.Cyan($"  ~ {Name}"));
        }

        foreach (var service in Removed) output.WriteLine(paint.Red($"    - {Name}/{service}"));
        foreach (var service in Kept) output.WriteLine(paint.Cyan($"    ~ {Name}/{service}"));
        foreach (var service in Added) output.WriteLine(paint.Green($"    + {Name}/{service}"));
        output.WriteLine();
    }

    private static string? WithoutVersion(string? stack) => stack?.Split(':')[0];
}

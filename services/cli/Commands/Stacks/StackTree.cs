using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Stacks;

/// <summary>Stacks sorted by name, each followed by those installed for it.</summary>
internal static class StackTree
{
    // Deeper nesting than anyone writes; also ends a circle of parents.
    private const int MaxDepth = 16;

    public static IEnumerable<(StackJson Stack, int Depth)> Of(IReadOnlyList<StackJson> stacks)
    {
        var names = stacks.Select(stack => stack.Name).ToHashSet();
        var byParent = stacks.OrderBy(stack => stack.Name, StringComparer.Ordinal)
            .ToLookup(stack => stack.Parent is { } parent && names.Contains(parent.Name) ? parent.Name : "");
        var shown = new HashSet<string>();
        return Below("", 0);

        IEnumerable<(StackJson, int)> Below(string parent, int depth)
        {
            if (depth > MaxDepth) yield break;
            foreach (var stack in byParent[parent])
            {
                if (!shown.Add(stack.Name)) continue;
                yield return (stack, depth);
                foreach (var child in Below(stack.Name, depth + 1)) yield return child;
            }
        }
    }
}

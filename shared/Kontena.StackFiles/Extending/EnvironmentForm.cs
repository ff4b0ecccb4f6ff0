using Kontena.StackFiles.Yaml;

namespace Kontena.StackFiles.Extending;

/// <summary><c>environment</c> as a list of <c>KEY=value</c>, whichever way it was written. Wrong shapes pass through, for the schema to report.</summary>
internal static class EnvironmentForm
{
    /// <summary>The parent's entries, with the child's value where it has one, then the child's new ones. Null when the child's form is not understood.</summary>
    public static YamlList? Merge(IReadOnlyList<YamlNode> parent, YamlNode? child)
    {
        if (child is null)
            return null;
        var own = Entries(child);
        if (own.Count == 0 && child is YamlScalar)
            return null;
        var replaced = parent.Select(item => own.FirstOrDefault(mine => Name(mine) == Name(item)) ?? item).ToList();
        return new YamlList(child.Place, [.. replaced, .. own.Where(mine => parent.All(item => Name(item) != Name(mine)))]);
    }

    public static IReadOnlyList<YamlNode> Entries(YamlNode environment) => environment switch
    {
        YamlList list => list.Items,
        YamlMap map => [.. map.Entries.Select(entry => entry.Value is YamlScalar value
            ? new YamlScalar(value.Place, $"{entry.Key}={value.AsEnvironmentText}", Plain: false)
            : entry.Value)],
        _ => [],
    };

    private static string? Name(YamlNode item) => item is YamlScalar scalar ? scalar.Text.Split('=')[0] : null;
}

using Kontena.StackFiles.Yaml;

namespace Kontena.StackFiles.Variables;

/// <summary>One entry of <c>from:</c>: a resolver and its hint.</summary>
internal sealed record VariableSource(string Name, YamlNode? HintNode, Place Place)
{
    public string? Hint => (HintNode as YamlScalar)?.Text;

    /// <summary>The hint, each of the hints, or the variable's own name.</summary>
    public IEnumerable<string> Hints(string ownName) => HintNode switch
    {
        YamlScalar scalar => [scalar.Text],
        YamlList list => list.Items.OfType<YamlScalar>().Select(item => item.Text),
        _ => [ownName],
    };
}

internal static class VariableSources
{
    public static readonly string[] Known =
        ["env", "prompt", "variable", "interpolate", "random_string", "random_number", "random_uuid", "default"];

    /// <summary>A name, a list of names or mappings, or a mapping (stack-file.md §6.1).</summary>
    public static IEnumerable<VariableSource> Of(YamlNode? from) => from switch
    {
        YamlScalar scalar => [new VariableSource(scalar.Text, null, scalar.Place)],
        YamlMap map => map.Entries.Select(entry => new VariableSource(entry.Key, entry.Value is YamlScalar { IsNull: true } ? null : entry.Value, entry.KeyPlace)),
        YamlList list => list.Items.SelectMany(Of),
        _ => [],
    };
}

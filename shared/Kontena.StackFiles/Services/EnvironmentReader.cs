using Kontena.StackFiles.Yaml;

namespace Kontena.StackFiles.Services;

/// <summary><c>environment</c> as a list of <c>KEY=value</c> (stack-file.md §8.1).</summary>
internal static class EnvironmentReader
{
    public static IReadOnlyList<string>? Read(Values values)
    {
        switch (values.Map["environment"])
        {
            case null:
                return null;
            case YamlMap map:
                var variables = new List<string>();
                foreach (var entry in map.Entries)
                {
                    if (entry.Value is YamlScalar value)
                        variables.Add($"{entry.Key}={value.AsEnvironmentText}");
                    else
                        values.Error(entry.Value, $"environment.{entry.Key}", $"expected one value, found {entry.Value.Kind}");
                }

                return variables;
            case YamlList list:
                return [.. list.Items.Select((item, index) => Entry(values, item, index)).OfType<string>()];
            case { } other:
                values.Error(other, "environment", $"expected a mapping, or a list of KEY=value; found {Values.Describe(other)}");
                return null;
        }
    }

    private static string? Entry(Values values, YamlNode item, int index)
    {
        if (item is YamlScalar scalar && scalar.Text.IndexOf('=', StringComparison.Ordinal) > 0)
            return scalar.Text;
        values.Error(item, $"environment[{index}]", $"expected KEY=value, found {Values.Describe(item)}");
        return null;
    }
}

using Kontena.StackFiles.Yaml;

namespace Kontena.StackFiles;

/// <summary>Reads a YAML mapping of names to single values: a file of variable values (<c>--values-from</c>, stack-file.md §6.6), or of secrets.</summary>
public static class StackValues
{
    /// <param name="file">The file as its user named it; stands in the mistakes.</param>
    /// <param name="values">Null exactly when there are mistakes; a name without a value is left out.</param>
    /// <returns>All mistakes; empty when there are none.</returns>
    public static IReadOnlyList<StackFileError> Read(string text, string file, out IReadOnlyDictionary<string, string>? values)
    {
        var mistakes = ReadWithNulls(text, file, out var all);
        values = all?.Where(one => one.Value is not null).ToDictionary(one => one.Key, one => one.Value!);
        return mistakes;
    }

    /// <inheritdoc cref="Read"/>
    /// <param name="values">Null exactly when there are mistakes; values as they are written, null for a name without one.</param>
    public static IReadOnlyList<StackFileError> ReadWithNulls(string text, string file, out IReadOnlyDictionary<string, string?>? values)
    {
        values = null;
        var remarks = new Remarks();
        try
        {
            switch (YamlDocument.Read(text, file, (scalar, _) => scalar))
            {
                case YamlScalar { IsNull: true }:
                    values = new Dictionary<string, string?>();
                    return [];
                case YamlMap map:
                    var found = new Dictionary<string, string?>();
                    foreach (var entry in map.Entries)
                    {
                        if (entry.Value is YamlScalar scalar) found[entry.Key] = scalar.IsNull ? null : scalar.Text;
                        else remarks.Error(entry.Value.Place, entry.Key, $"expected a single value, found {entry.Value.Kind}");
                    }

                    values = remarks.HasErrors ? null : found;
                    return remarks.Errors;
                case var other:
                    remarks.Error(other.Place, "", $"expected a mapping of variables to values, found {other.Kind}");
                    return remarks.Errors;
            }
        }
        catch (YamlProblem problem)
        {
            remarks.Error(problem.Place, "", problem.Message);
            return remarks.Errors;
        }
    }
}

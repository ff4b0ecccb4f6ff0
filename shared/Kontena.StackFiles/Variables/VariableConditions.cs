using Kontena.StackFiles.Yaml;

namespace Kontena.StackFiles.Variables;

/// <summary><c>only_if</c> and <c>skip_if</c>: a name, a list of names, or a mapping of names to values (stack-file.md §6.4). Compared as text.</summary>
internal static class VariableConditions
{
    /// <summary>Whether the thing stays: every <c>only_if</c> holds and no <c>skip_if</c> does.</summary>
    public static bool Hold(YamlMap thing, string path, Remarks remarks, Func<string, bool> known, Func<string, string?> value)
    {
        var only = Terms(thing, "only_if", path, remarks, known, value);
        var skip = Terms(thing, "skip_if", path, remarks, known, value);
        return only.All(term => term) && !skip.Any(term => term);
    }

    private static List<bool> Terms(
        YamlMap thing, string key, string path, Remarks remarks, Func<string, bool> known, Func<string, string?> value)
    {
        var terms = new List<bool>();
        switch (thing[key])
        {
            case null:
                break;
            case YamlScalar name:
                terms.Add(Named(name));
                break;
            case YamlList list when list.Items.All(item => item is YamlScalar):
                terms.AddRange(list.Items.Cast<YamlScalar>().Select(Named));
                break;
            case YamlMap map when map.Entries.All(entry => entry.Value is YamlScalar):
                terms.AddRange(map.Entries.Select(entry => Value(entry.Key, entry.KeyPlace) == ((YamlScalar)entry.Value).AsEnvironmentText));
                break;
            case { } other:
                remarks.Error(other.Place, $"{path}.{key}", "expected a variable's name, a list of names, or a mapping of names to values");
                break;
        }

        return terms;

        bool Named(YamlScalar name) => Value(name.Text, name.Place) is { } text && !string.IsNullOrWhiteSpace(text) && text != "false";

        string? Value(string name, Place place)
        {
            if (!known(name) && !VariableSet.BuiltIns.Contains(name))
                remarks.Error(place, $"{path}.{key}", $"'{name}' is not a variable of this file");
            return value(name);
        }
    }
}

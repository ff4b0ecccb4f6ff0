using Kontena.StackFiles.Yaml;

namespace Kontena.StackFiles.Variables;

/// <summary>Reads <c>variables:</c> and resolves every value: command line, <c>value</c>, the <c>from</c> sources in order, the environment, the default (stack-file.md §6.1).</summary>
internal sealed class VariableSection(StackReadOptions options, Remarks remarks, VariableSet set)
{
    private static readonly string[] CommonKeys = ["type", "label", "description", "default", "value", "required", "from", "to", "only_if", "skip_if"];
    private readonly Dictionary<string, YamlMap> _declared = new(StringComparer.Ordinal);
    private readonly HashSet<string> _resolving = new(StringComparer.Ordinal);
    private readonly HashSet<string> _resolved = new(StringComparer.Ordinal);

    /// <summary>Declared names with their values, in the file's order; what is remembered with the stack.</summary>
    public IReadOnlyDictionary<string, string?> Read(YamlNode? section)
    {
        var values = new Dictionary<string, string?>(StringComparer.Ordinal);
        if (section is null)
            return values;
        if (section is not YamlMap map)
        {
            remarks.Error(section.Place, "variables", $"expected a mapping of names to declarations, found {section.Kind}");
            return values;
        }

        foreach (var entry in map.Entries)
        {
            if (entry.Value is YamlMap declaration)
                _declared[entry.Key] = declaration;
            else
                remarks.Error(entry.Value.Place, $"variables.{entry.Key}", $"expected a mapping with at least 'type', found {entry.Value.Kind}");
        }

        foreach (var name in _declared.Keys.Where(name => !VariableSet.BuiltIns.Contains(name)))
            Resolve(name);
        foreach (var (name, declaration) in _declared)
        {
            foreach (var target in Targets(name, declaration))
                set.SetAlias(target, name);
            if (!VariableSet.BuiltIns.Contains(name))
                values[name] = set[name];
        }

        return values;
    }

    private string? Resolve(string name)
    {
        if (_resolved.Contains(name) || !_declared.TryGetValue(name, out var declaration))
            return set[name];
        if (!_resolving.Add(name))
        {
            remarks.Error(declaration.Place, $"variables.{name}", "its value depends on itself");
            return null;
        }

        var path = $"variables.{name}";
        var type = VariableType.Of(declaration, path, remarks);
        var skipped = !VariableConditions.Hold(declaration, path, remarks, _declared.ContainsKey, Resolve);
        var value = Given(name, declaration) ?? (skipped ? null : FromSources(name, declaration, type) ?? Environment(name, declaration) ?? Default(name, declaration));
        if (type is not null && (value is not null || !skipped))
            value = type.Accept(value, declaration.Place, path, remarks);
        if (value is null && !skipped && type is not null && declaration["required"] is not YamlScalar { AsBoolean: false })
        {
            remarks.Error(declaration.Place, path,
                $"has no value: give it with -v {name}=VALUE, in the environment as {name}, or as 'default' in the file");
        }

        set.Set(name, value);
        _resolving.Remove(name);
        _resolved.Add(name);
        return value;
    }

    private string? Given(string name, YamlMap declaration) =>
        options.Values.TryGetValue(name, out var given) ? given : Text(declaration["value"], $"variables.{name}.value");

    private string? Default(string name, YamlMap declaration) =>
        options.Remembered.TryGetValue(name, out var remembered) ? remembered : Text(declaration["default"], $"variables.{name}.default");

    private string? Environment(string name, YamlMap declaration) =>
        VariableSources.Of(declaration["from"]).Any(source => source.Name == "env") ? null : NullIfBlank(options.Environment(name));

    private string? FromSources(string name, YamlMap declaration, VariableType? type)
    {
        foreach (var source in VariableSources.Of(declaration["from"]))
        {
            var value = source.Name switch
            {
                "env" => source.Hints(name).Select(hint => NullIfBlank(options.Environment(hint))).FirstOrDefault(found => found is not null),
                "variable" => source.Hint is { } other ? ResolveOther(other, source.Place, name) : null,
                "interpolate" => source.Hint is { } template ? Interpolate(template, source.Place, name) : null,
                "prompt" => Ask(name, declaration, source, type),
                "random_string" or "random_number" or "random_uuid" => RandomSources.Value(source, options.Random, $"variables.{name}.from", remarks),
                "default" => Default(name, declaration),
                _ => Unknown(source, name),
            };
            if (value is not null)
                return value;
        }

        return null;
    }

    private string? ResolveOther(string other, Place place, string name)
    {
        if (!_declared.ContainsKey(other) && !set.Contains(other))
            remarks.Error(place, $"variables.{name}.from", $"'{other}' is not a variable of this file{Closest.Hint(other, _declared.Keys)}");
        return Resolve(other);
    }

    private string Interpolate(string template, Place place, string name) =>
        Substitution.Reference.Replace(template, reference => ResolveOther(reference, place, name), _ => "");

    private string? Ask(string name, YamlMap declaration, VariableSource source, VariableType? type)
    {
        if (options.Questions is null)
            return null;
        var label = (declaration["label"] as YamlScalar)?.Text ?? name;
        var secret = declaration["echo"] is YamlScalar { AsBoolean: false };
        var answer = options.Questions.Ask(new VariableQuestion(
            name, source.Hint ?? $"Enter {label}", Default(name, declaration), type?.Choices ?? [], secret));
        return NullIfBlank(answer);
    }

    private string? Unknown(VariableSource source, string name)
    {
        remarks.Error(source.Place, $"variables.{name}.from",
            source.Name is "vault" or "certificates" or "vault_cert_prompt" or "service_link" or "service_instances" or "file" or "evaluate" or "condition"
                ? $"'{source.Name}' is not available in this version; use env, prompt, variable, interpolate, random_string or a default"
                : $"'{source.Name}' is no source of values{Closest.Sentence(source.Name, VariableSources.Known)} Known: {string.Join(", ", VariableSources.Known)}");
        return null;
    }

    private string? Text(YamlNode? node, string path)
    {
        switch (node)
        {
            case null:
                return null;
            case YamlScalar scalar:
                return scalar.AsBoolean is { } flag ? (flag ? "true" : "false") : set.Substitute(scalar.Text, scalar.Place, remarks, fallback: null);
            case YamlList list when list.Items.All(item => item is YamlScalar):
                return string.Join(',', list.Items.Cast<YamlScalar>().Select(item => item.Text));
            default:
                remarks.Error(node.Place, path, $"expected one value, found {node.Kind}");
                return null;
        }
    }

    private static IEnumerable<string> Targets(string name, YamlMap declaration) => declaration["to"] switch
    {
        YamlScalar { Text: "env" } => [name],
        YamlMap map when map["env"] is YamlScalar target => [target.Text],
        YamlMap map when map["env"] is YamlMap named && named["name"] is YamlScalar target => [target.Text],
        _ => [],
    };

    private static string? NullIfBlank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;

    /// <summary>Keys that every declaration may have; the rest belongs to its type.</summary>
    public static IReadOnlyList<string> Keys => CommonKeys;
}

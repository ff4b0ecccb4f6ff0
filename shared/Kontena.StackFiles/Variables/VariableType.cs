using Kontena.StackFiles.Yaml;

namespace Kontena.StackFiles.Variables;

/// <summary>What a variable's value may be: cleans a value and checks it (stack-file.md §6.2).</summary>
internal sealed class VariableType
{
    private static readonly Dictionary<string, string[]> OptionsOf = new(StringComparer.Ordinal)
    {
        ["string"] = ["min_length", "max_length", "empty_is_nil", "upcase", "downcase", "strip", "chomp", "capitalize", "echo", "in"],
        ["integer"] = ["min", "max", "nil_is_zero", "in"],
        ["boolean"] = ["truthy", "nil_is", "blank_is", "true", "false", "as", "in"],
        ["enum"] = ["options", "can_be_other", "in"],
        ["uri"] = ["schemes", "in"],
        ["array"] = ["split", "join", "empty_is_nil", "sort", "uniq", "compact", "count", "in"],
    };

    private readonly string _name;
    private readonly YamlMap _declaration;

    private VariableType(string name, YamlMap declaration)
    {
        _name = name;
        _declaration = declaration;
    }

    /// <summary>The values an enum, or a variable with <c>in:</c>, may take; empty for any.</summary>
    public IReadOnlyList<string> Choices =>
        _name == "enum" && !Flag("can_be_other") ? EnumValues(_declaration["options"]) : EnumValues(_declaration["in"]);

    public static VariableType? Of(YamlMap declaration, string path, Remarks remarks)
    {
        if (declaration["type"] is not YamlScalar type)
        {
            remarks.Error(declaration.Place, $"{path}.type", $"is missing; one of {string.Join(", ", OptionsOf.Keys)}");
            return null;
        }

        var name = type.Text.ToLowerInvariant();
        if (!OptionsOf.TryGetValue(name, out var options))
        {
            remarks.Error(type.Place, $"{path}.type", $"'{type.Text}' is no type{Closest.Sentence(name, OptionsOf.Keys)} One of {string.Join(", ", OptionsOf.Keys)}");
            return null;
        }

        foreach (var entry in declaration.Entries.Where(entry => !VariableSection.Keys.Contains(entry.Key) && !options.Contains(entry.Key)))
        {
            remarks.Error(entry.KeyPlace, $"{path}.{entry.Key}",
                $"is no option of type {name}{Closest.Hint(entry.Key, VariableSection.Keys.Concat(options))}");
        }

        return new VariableType(name, declaration);
    }

    /// <summary>The cleaned value, or null when there is none; what breaks a rule is reported.</summary>
    public string? Accept(string? value, Place place, string path, Remarks remarks)
    {
        value = Clean(value);
        if (value is not null && Complaint(value) is { } complaint)
            remarks.Error(place, path, complaint);
        return value;
    }

    private string? Clean(string? value)
    {
        switch (_name)
        {
            case "boolean":
                if (value is null)
                    return Flag("nil_is") ? "true" : "false";
                string[] truthy = _declaration["truthy"] is YamlList list
                    ? [.. list.Items.OfType<YamlScalar>().Select(item => item.Text)]
                    : ["true", "yes", "1", "on", "enabled", "enable"];
                var flag = truthy.Contains(value.Trim(), StringComparer.OrdinalIgnoreCase);
                return Option(flag ? "true" : "false") ?? (Option("as") == "integer" ? (flag ? "1" : "0") : flag ? "true" : "false");
            case "integer":
                return value?.Trim() ?? (Flag("nil_is_zero") ? "0" : null);
            case "string":
                if (value is null)
                    return null;
                if (Flag("upcase"))
                    value = value.ToUpperInvariant();
                if (Flag("downcase"))
                    value = value.ToLowerInvariant();
                if (Flag("strip"))
                    value = value.Trim();
                if (Flag("chomp"))
                    value = value.TrimEnd('\n', '\r');
                if (Flag("capitalize") && value.Length > 0)
                    value = char.ToUpperInvariant(value[0]) + value[1..].ToLowerInvariant();
                return _declaration["empty_is_nil"] is not YamlScalar { AsBoolean: false } && string.IsNullOrWhiteSpace(value) ? null : value;
            default:
                return value;
        }
    }

    private string? Complaint(string value)
    {
        var number = _name == "integer" ? YamlNumbers.Integer(value) : null;
        return _name switch
        {
            "integer" when number is null => $"'{value}' is no whole number",
            "integer" when number < (Number("min") ?? 0) => $"{value} is less than {Number("min") ?? 0} (option min)",
            "integer" when number > Number("max") => $"{value} is more than {Number("max")} (option max)",
            "string" when value.Length < Number("min_length") => $"has {value.Length} characters, at least {Number("min_length")} are wanted",
            "string" when value.Length > Number("max_length") => $"has {value.Length} characters, at most {Number("max_length")} are wanted",
            "uri" when !Uri.TryCreate(value, UriKind.Absolute, out var uri) || !Schemes().Contains(uri.Scheme) =>
                $"'{value}' is no URI of the schemes {string.Join(", ", Schemes())}",
            _ when Choices.Count > 0 && !Choices.Contains(value) => $"'{value}' is not one of {string.Join(", ", Choices)}",
            _ => null,
        };
    }

    private IReadOnlyList<string> Schemes() => _declaration["schemes"] is YamlList list ? EnumValues(list) : ["http", "https"];

    private static IReadOnlyList<string> EnumValues(YamlNode? options) => options switch
    {
        YamlList list => [.. list.Items.Select(item => item switch
        {
            YamlScalar scalar => scalar.Text,
            YamlMap map when map["value"] is YamlScalar value => value.Text,
            _ => "",
        }).Where(text => text.Length > 0)],
        YamlMap map => [.. map.Keys],
        _ => [],
    };

    private bool Flag(string option) => _declaration[option] is YamlScalar { AsBoolean: true };

    private string? Option(string option) => (_declaration[option] as YamlScalar)?.Text;

    private long? Number(string option) => (_declaration[option] as YamlScalar)?.AsInteger;
}

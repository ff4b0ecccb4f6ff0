namespace Kontena.StackFiles.Yaml;

/// <summary>Where a node was written.</summary>
internal readonly record struct Place(string File, int Line, int Column);

/// <summary>A piece of a document that remembers its place, so that every mistake can name it.</summary>
internal abstract record YamlNode(Place Place)
{
    /// <summary>The node in words, for "expected a list, found …".</summary>
    public abstract string Kind { get; }
}

/// <param name="Plain">Written without quotes: then it may be a number, a boolean or nothing.</param>
internal sealed record YamlScalar(Place Place, string Text, bool Plain) : YamlNode(Place)
{
    public override string Kind => IsNull ? "nothing" : AsBoolean is not null ? "a boolean" : AsNumber is not null ? "a number" : "text";

    public bool IsNull => Plain && (Text is "" or "~" or "null" or "Null" or "NULL");

    /// <summary>YAML 1.1 as the original reads it: <c>yes</c>, <c>no</c>, <c>on</c> and <c>off</c> too, <c>y</c> and <c>n</c> not (stack-file.md §3).</summary>
    public bool? AsBoolean => !Plain ? null : Text.ToLowerInvariant() switch
    {
        "true" or "yes" or "on" => true,
        "false" or "no" or "off" => false,
        _ => null,
    };

    public long? AsInteger => Plain ? YamlNumbers.Integer(Text) : null;

    public double? AsNumber => Plain ? YamlNumbers.Integer(Text) ?? YamlNumbers.Float(Text) : null;

    /// <summary>The text an environment variable gets: <c>yes</c> is <c>true</c>, <c>010</c> is 8.</summary>
    public string AsEnvironmentText =>
        IsNull ? "" : AsBoolean is { } flag ? (flag ? "true" : "false") : AsInteger is { } number ? $"{number}" : Text;
}

internal sealed record YamlList(Place Place, IReadOnlyList<YamlNode> Items) : YamlNode(Place)
{
    public override string Kind => "a list";
}

/// <summary>Keys in the order of the file. A key given twice keeps its first position and its last value.</summary>
internal sealed record YamlMap(Place Place, IReadOnlyList<YamlEntry> Entries) : YamlNode(Place)
{
    public override string Kind => "a mapping";

    public IEnumerable<string> Keys => Entries.Select(entry => entry.Key);

    /// <summary>The value, or null when the key is missing or has no value.</summary>
    public YamlNode? this[string key] =>
        Entries.FirstOrDefault(entry => entry.Key == key)?.Value is { } value && value is not YamlScalar { IsNull: true } ? value : null;

    public YamlEntry? Entry(string key) => Entries.FirstOrDefault(entry => entry.Key == key);

    public YamlMap Without(string key) => this with { Entries = [.. Entries.Where(entry => entry.Key != key)] };

    public YamlMap With(string key, YamlNode value) =>
        Entry(key) is { } old
            ? this with { Entries = [.. Entries.Select(entry => entry == old ? entry with { Value = value } : entry)] }
            : this with { Entries = [.. Entries, new YamlEntry(key, value.Place, value)] };
}

internal sealed record YamlEntry(string Key, Place KeyPlace, YamlNode Value);

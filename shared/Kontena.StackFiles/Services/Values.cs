using Kontena.StackFiles.Yaml;

namespace Kontena.StackFiles.Services;

/// <summary>Takes values of the right type out of a mapping, and reports those that are not. A key without a value counts as not given.</summary>
internal sealed class Values(YamlMap map, string path, Remarks remarks)
{
    public Place Place => map.Place;

    public YamlMap Map => map;

    public string Path(string key) => $"{path}.{key}";

    public void Error(YamlNode node, string key, string message) => remarks.Error(node.Place, Path(key), message);

    public Remarks Remarks => remarks;

    public string? Text(string key) => map[key] switch
    {
        null => null,
        YamlScalar { AsBoolean: null, AsNumber: null } scalar => scalar.Text,
        YamlScalar scalar => Wrong(scalar, key, $"expected text, found {scalar.Kind}; write '{scalar.Text}' in quotes"),
        var other => Wrong(other, key, $"expected text, found {other.Kind}"),
    };

    /// <summary>Text that may also be written as a number.</summary>
    public string? TextOrNumber(string key) => map[key] is YamlScalar { AsNumber: not null } number ? number.Text : Text(key);

    public bool? Boolean(string key) => map[key] switch
    {
        null => null,
        YamlScalar { AsBoolean: { } flag } => flag,
        var other => Missing<bool>(other, key, $"expected true or false, found {Describe(other)}"),
    };

    public int? Integer(string key) => map[key] switch
    {
        null => null,
        YamlScalar { AsInteger: >= int.MinValue and <= int.MaxValue } number => (int)number.AsInteger.Value,
        YamlScalar { AsInteger: not null } number => Missing<int>(number, key, $"{number.Text} is too large"),
        var other => Missing<int>(other, key, $"expected a whole number, found {Describe(other)}"),
    };

    public double? Number(string key) => map[key] switch
    {
        null => null,
        YamlScalar { AsNumber: { } number } => number,
        var other => Missing<double>(other, key, $"expected a number, found {Describe(other)}"),
    };

    /// <summary>Bytes: digits and one of b, k, m, g (stack-file.md §8.9).</summary>
    public long? Memory(string key)
    {
        if (map[key] is not { } node)
            return null;
        if (node is YamlScalar scalar && SizeText.Bytes(scalar.Text) is { } bytes)
            return bytes;
        return Missing<long>(node, key, $"expected a size such as 64m, 512k or 1g, found {Describe(node)}");
    }

    public IReadOnlyList<YamlNode>? List(string key) => map[key] switch
    {
        null => null,
        YamlList list => list.Items,
        var other => Wrong<IReadOnlyList<YamlNode>>(other, key, $"expected a list, found {Describe(other)}"),
    };

    public IReadOnlyList<string>? Texts(string key)
    {
        if (List(key) is not { } items)
            return null;
        var texts = new List<string>();
        for (var index = 0; index < items.Count; index++)
        {
            if (items[index] is YamlScalar { IsNull: false } scalar)
                texts.Add(scalar.Text);
            else
                remarks.Error(items[index].Place, $"{Path(key)}[{index}]", $"expected text, found {items[index].Kind}");
        }

        return texts;
    }

    /// <summary>The mapping under a key, with its unknown keys reported.</summary>
    public Values? Mapping(string key, params string[] known)
    {
        switch (map[key])
        {
            case null:
                return null;
            case YamlMap inner:
                foreach (var entry in inner.Entries.Where(entry => !known.Contains(entry.Key)))
                    remarks.Error(entry.KeyPlace, $"{Path(key)}.{entry.Key}", $"is not a known key{Closest.Hint(entry.Key, known)}");
                return new Values(inner, Path(key), remarks);
            case { } other:
                Error(other, key, $"expected a mapping, found {Describe(other)}");
                return null;
        }
    }

    public static string Describe(YamlNode node) => node is YamlScalar { IsNull: false } scalar ? $"'{scalar.Text}'" : node.Kind;

    private string? Wrong(YamlNode node, string key, string message) => Wrong<string>(node, key, message);

    private T? Wrong<T>(YamlNode node, string key, string message)
        where T : class
    {
        Error(node, key, message);
        return null;
    }

    private T? Missing<T>(YamlNode node, string key, string message)
        where T : struct
    {
        Error(node, key, message);
        return null;
    }
}

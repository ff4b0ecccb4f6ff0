namespace Kontena.Cli.Output;

/// <summary>The indented <c>key: value</c> text of <c>show</c> commands (cli.md §2.4). Looks like YAML; no promise that it is.</summary>
internal sealed class Outline(TextWriter output, int depth = 0)
{
    private readonly string indent = new(' ', depth * 2);

    /// <summary>Writes <c>key:</c> and returns the level below it.</summary>
    public Outline Open(string key)
    {
        output.WriteLine($"{indent}{key}:");
        return new Outline(output, depth + 1);
    }

    /// <summary>An absent value leaves the place empty; further lines of a value stand below it, indented.</summary>
    public Outline Field(string key, string? value)
    {
        output.WriteLine($"{indent}{key}: {value?.TrimEnd().ReplaceLineEndings($"\n{indent}    ")}");
        return this;
    }

    public Outline Field(string key, bool value) => Field(key, value ? "yes" : "no");

    public Outline Field(string key, int? value) => Field(key, value?.ToString());

    /// <summary>Left out when there is nothing to say.</summary>
    public Outline Optional(string key, string? value) => string.IsNullOrEmpty(value) ? this : Field(key, value);

    /// <summary>Left out when the list is empty.</summary>
    public Outline List(string key, IEnumerable<string>? items)
    {
        var all = items?.ToList() ?? [];
        if (all.Count == 0) return this;
        output.WriteLine($"{indent}{key}:");
        foreach (var item in all) output.WriteLine($"{indent}  - {item}");
        return this;
    }

    /// <summary>One entry of a list of texts.</summary>
    public Outline Item(string text)
    {
        output.WriteLine($"{indent}- {text}");
        return this;
    }

    /// <summary>One entry of a list of mappings: the first field carries the dash.</summary>
    public Outline Entry(params (string Key, string? Value)[] fields)
    {
        for (var i = 0; i < fields.Length; i++)
            output.WriteLine($"{indent}{(i == 0 ? "- " : "  ")}{fields[i].Key}: {fields[i].Value}");
        return this;
    }
}

using Kontena.StackFiles.Substitution;
using Kontena.StackFiles.Yaml;

namespace Kontena.StackFiles.Variables;

/// <summary>The variables of one reading: built-ins, declared ones with their resolved values, and those of the file that extends this one.</summary>
internal sealed class VariableSet
{
    private readonly Dictionary<string, string?> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _aliases = new(StringComparer.Ordinal);

    /// <summary>Names whose value comes from the caller's world, not from the file; never remembered with the stack (stack-file.md §6.7).</summary>
    public static readonly string[] BuiltIns = ["STACK", "GRID", "PLATFORM"];

    public VariableSet(string stack, string grid, string platform)
    {
        _values["STACK"] = stack;
        _values["GRID"] = grid;
        _values["PLATFORM"] = platform;
    }

    public IEnumerable<string> Names => _values.Keys;

    public bool Contains(string name) => _values.ContainsKey(name) || _aliases.ContainsKey(name);

    /// <summary>The value as text; null when the name is unknown or has no value.</summary>
    public string? this[string name] =>
        _values.TryGetValue(name, out var value) ? value : _aliases.TryGetValue(name, out var target) ? _values.GetValueOrDefault(target) : null;

    public void Set(string name, string? value) => _values[name] = value;

    /// <summary>"<c>to: env: ALIAS</c>": the value can be referred to by this name as well.</summary>
    public void SetAlias(string alias, string name) => _aliases.TryAdd(alias, name);

    /// <summary>Everything of the file that extends this one, except what is declared here.</summary>
    public void Inherit(VariableSet child)
    {
        foreach (var (name, value) in child._values)
            _values.TryAdd(name, value);
        foreach (var (alias, name) in child._aliases)
            _aliases.TryAdd(alias, name);
    }

    /// <summary>The text with its references replaced. Unknown names are reported at the place; a known name without a value gives empty text and a notice.</summary>
    /// <param name="fallback">Where names that are not declared may come from (the environment, for compose files); null for nowhere.</param>
    public string Substitute(string text, Place place, Remarks remarks, Func<string, string?>? fallback) =>
        Reference.Replace(text, name => this[name] ?? (Contains(name) ? null : fallback?.Invoke(name)), name =>
        {
            if (Contains(name) || fallback is not null)
                remarks.Notice(place, "", $"${name} has no value; empty text takes its place");
            else
                remarks.Error(place, "", $"${name} is not declared{Closest.Sentence(name, Names)} Declare it under variables:, or write $${name} for the text itself");
            return "";
        });
}

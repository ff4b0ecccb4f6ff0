using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Kontena.Contracts;
using Kontena.Contracts.Services;
using Kontena.Contracts.Stacks;

namespace Kontena.GridManager.Stacks;

/// <summary>What differs between two specs, field by field, for people: short, and without the values that are nobody's to read.</summary>
internal static partial class SpecChanges
{
    /// <summary>Characters of a value that are shown.</summary>
    private const int Shown = 200;
    private const string Hidden = "(hidden)";
    private const string OtherHidden = "(hidden, another value)";
    private static readonly ServiceSpec Defaults = new() { Image = "" };

    /// <summary>What a new service says beyond the defaults.</summary>
    public static IReadOnlyList<FieldChange> OfNew(ServiceSpec wanted) => [.. Of(Defaults, wanted).Select(one => one with { Before = null })];

    public static IReadOnlyList<FieldChange> Of(ServiceSpec before, ServiceSpec after)
    {
        var (old, wanted) = (Json(before), Json(after));
        var changes = new List<FieldChange>();
        foreach (var name in old.Select(one => one.Key).Union(wanted.Select(one => one.Key)).ToList())
        {
            var (was, will) = (old[name], wanted[name]);
            if (JsonNode.DeepEquals(was, will))
                continue;
            var field = JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
            if (name == "env")
                changes.AddRange(Entries(field, Pairs(before.Env), Pairs(after.Env)));
            else if (name == "logOpts")
                changes.AddRange(Entries(field, before.LogOpts, after.LogOpts));
            else
                changes.Add(Differing(field, Text(was), Text(will)));
        }

        return changes;
    }

    public static IReadOnlyList<FieldChange> Of(StackRevision before, StackRevision after)
    {
        (string Field, string? Before, string? After)[] fields =
        [
            ("stack", before.StackName, after.StackName), ("version", before.Version, after.Version), ("registry", before.Registry, after.Registry),
            ("expose", before.Expose, after.Expose), ("networks", before.Networks, after.Networks), ("labels", Lines(before.Labels), Lines(after.Labels)),
            ("volumes", Lines(before.Volumes.Select(one => $"{one.Name} = {one.External}")), Lines(after.Volumes.Select(one => $"{one.Name} = {one.External}"))),
        ];
        return [.. fields.Where(one => one.Before != one.After).Select(one => new FieldChange(one.Field, Short(Masked(one.Before)), Short(Masked(one.After))))];
    }

    /// <summary>Whether the value of a variable of this name is kept from view.</summary>
    internal static bool IsSecret(string key) => SecretName().IsMatch(key);

    private static IEnumerable<FieldChange> Entries(string field, IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> after)
    {
        foreach (var key in before.Keys.Union(after.Keys).Order(StringComparer.Ordinal))
        {
            var (was, will) = (before.GetValueOrDefault(key), after.GetValueOrDefault(key));
            if (was == will)
                continue;
            var secret = IsSecret(key);
            yield return Differing($"{field}.{key}", secret && was is not null ? Hidden : Masked(was), secret && will is not null ? Hidden : Masked(will));
        }

        // The order alone: the container is made anew all the same.
        if (before.Count == after.Count && before.All(one => after.GetValueOrDefault(one.Key) == one.Value))
            yield return new FieldChange(field, "(the same entries)", "(in another order)");
    }

    private static FieldChange Differing(string field, string? before, string? after)
    {
        var (was, will) = (Short(before), Short(after));
        if (was is null || was != will)
            return new FieldChange(field, was, will);
        return new FieldChange(field, was, was.Contains(Hidden, StringComparison.Ordinal) ? OtherHidden : $"{will} (differs further on)");
    }

    // A key twice: the engine takes the last.
    private static Dictionary<string, string> Pairs(IReadOnlyList<string> env)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in env)
            pairs[entry.Split('=', 2)[0]] = entry.Split('=', 2) is [_, var value] ? value : "";
        return pairs;
    }

    private static string? Text(JsonNode? value) => value switch
    {
        null => null,
        JsonArray { Count: 0 } or JsonObject { Count: 0 } => null,
        JsonArray list => string.Join(", ", list.Select(one => one is JsonValue text ? Masked(text.ToString()) : Members(one))),
        JsonObject => Members(value),
        _ => Masked(value.ToString()),
    };

    private static string Members(JsonNode? value) => value is JsonObject members
        ? string.Join(' ', members.Where(one => one.Value is not null).Select(one => $"{JsonNamingPolicy.SnakeCaseLower.ConvertName(one.Key)}={Masked($"{one.Value}")}"))
        : Masked($"{value}")!;

    private static string? Lines(IEnumerable<string> lines) => string.Join(", ", lines) is { Length: > 0 } text ? text : null;

    private static string? Masked(string? text) => text is null ? null : NamedSecret().Replace(UserInUrl().Replace(text, $"{Hidden}@"), $"$1{Hidden}");

    private static string? Short(string? text) => text is null || text.Length <= Shown ? text : text[..(Shown - 1)] + "…";

    private static JsonObject Json(ServiceSpec spec) => JsonSerializer.SerializeToNode(spec, KontenaJson.Default.ServiceSpec)!.AsObject();

    [GeneratedRegex("pass|pwd|secret|token|key|credential|private|auth|cookie|salt|dsn|signature", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SecretName();

    // All of it: a token may stand for the user, and a password may have a slash or an @ of its own.
    [GeneratedRegex(@"(?<=://)\S*@", RegexOptions.CultureInvariant)]
    private static partial Regex UserInUrl();

    // As in connection strings, queries and options of commands.
    [GeneratedRegex("""((?:pass(?:word|wd|phrase)?|pwd|secret|token|(?:access|account|api|private)[-_]?key)\s*=\s*)("[^"]*"|'[^']*'|[^\s;&]+(?:(?:\s+[^\s;&=]+)+(?=\s*(?:;|$)))?)""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex NamedSecret();
}

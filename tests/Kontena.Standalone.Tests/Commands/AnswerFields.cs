using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Kontena.Standalone.Tests.Commands;

/// <summary>Names fields of JSON answers: <c>services[].stack!.name, revision; services[].ports[*]: node_port, ip</c>. What stands before a colon goes before each that follows.</summary>
/// <remarks>
/// A field must be there and may be null; with <c>!</c> it is not null, with <c>?</c> it may be left out. <c>[]</c> is each of a list of one or more, <c>[*]</c> each of any
/// number, <c>[2]</c> the third, <c>[name=x]</c> the first whose field says so. A name with dots in it stands in single quotes.
/// </remarks>
internal static partial class AnswerFields
{
    /// <summary>What is wrong with the first field that is not as it should be; null when all are.</summary>
    public static string? Mistake(JsonNode? answer, string reads) =>
        Paths(reads).Select(path => MistakeAt(answer, path, 0, "the answer")).FirstOrDefault(mistake => mistake is not null);

    /// <param name="until">A field, or <c>field=value</c>.</param>
    public static bool IsReached(JsonNode? answer, string until) =>
        Comparison().Match(until) is { Success: true } compared
            ? Text(answer, compared.Groups["path"].Value) == compared.Groups["value"].Value
            : Text(answer, until) is not null;

    /// <summary>What the field says; null when it is null or not there. Of lists, the first.</summary>
    public static string? Text(JsonNode? answer, string path)
    {
        var node = answer;
        foreach (var field in Parse(path))
        {
            node = (node as JsonObject)?[field.Name];
            if (field.Pick is { } pick)
                node = node is JsonArray list ? PickOf(list, pick is "" or "*" ? "0" : pick) : null;
        }

        return node is null ? null : TextOf(node);
    }

    private static string? MistakeAt(JsonNode? node, List<Field> path, int depth, string at)
    {
        if (depth == path.Count)
            return null;
        var field = path[depth];
        var here = $"'{field.Name}' of {at}";
        if (node is not JsonObject found)
            return $"{at} is no object";
        if (!found.TryGetPropertyValue(field.Name, out var value))
            return field.Mark == "?" ? null : $"{here} is not there";
        if (value is null)
            return field.Mark == "!" || field.Pick is not null ? $"{here} is null" : null;
        if (field.Pick is not { } pick)
            return MistakeAt(value, path, depth + 1, here);
        if (value is not JsonArray list)
            return $"{here} is no list";
        if (pick is "" or "*")
            return pick.Length == 0 && list.Count == 0 ? $"{here} is empty" : list.Select(one => MistakeAt(one, path, depth + 1, here)).FirstOrDefault(mistake => mistake is not null);
        return PickOf(list, pick) is { } picked ? MistakeAt(picked, path, depth + 1, $"{here}[{pick}]") : $"{here} has no [{pick}]";
    }

    private static JsonNode? PickOf(JsonArray list, string pick)
    {
        if (int.TryParse(pick, NumberStyles.None, CultureInfo.InvariantCulture, out var index))
            return index < list.Count ? list[index] : null;
        var equals = pick.IndexOf('=', StringComparison.Ordinal);
        return list.FirstOrDefault(one => one is JsonObject found && found[pick[..equals]] is { } value && TextOf(value) == pick[(equals + 1)..]);
    }

    private static string TextOf(JsonNode node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : node.ToJsonString();

    private static IEnumerable<List<Field>> Paths(string reads)
    {
        foreach (var clause in reads.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = clause.IndexOf(": ", StringComparison.Ordinal);
            var before = colon < 0 ? "" : clause[..colon] + ".";
            foreach (var name in clause[(colon < 0 ? 0 : colon + 1)..].Split(',', StringSplitOptions.TrimEntries))
                yield return Parse(before + name);
        }
    }

    private static List<Field> Parse(string path)
    {
        var fields = new List<Field>();
        for (var at = 0; at < path.Length;)
        {
            var match = OneField().Match(path, at);
            if (!match.Success)
                throw new FormatException($"'{path}' is no field, from '{path[at..]}' on");
            var pick = match.Groups["pick"];
            fields.Add(new Field(match.Groups["name"].Value, pick.Success ? pick.Value : null, match.Groups["mark"].Value));
            at += match.Length;
        }

        return fields;
    }

    [GeneratedRegex(@"\G(?:'(?<name>[^']+)'|(?<name>[^.\[\]!?']+))(?:\[(?<pick>[^\]]*)\])?(?<mark>[!?]?)(?:\.|$)")]
    private static partial Regex OneField();

    [GeneratedRegex(@"^(?<path>[\w.]+)=(?<value>\w+)$")]
    private static partial Regex Comparison();

    private sealed record Field(string Name, string? Pick, string Mark);
}

using System.Globalization;
using System.Text.Json;

namespace Kontena.Api.Auth;

/// <summary>Where in a provider's answer things stand: paths with <c>;</c> between them, the first that finds something counts (rest-api.md §3.6).</summary>
internal sealed record UserInfoPaths(string Username, string Email, string EmailVerified, string Id);

/// <summary>What a provider says of whoever logged in.</summary>
internal sealed record UserInfo(string? Id, string? Email, string? Name, bool EmailIsUnproven)
{
    private const int LongestPath = 32;

    public static UserInfo Read(JsonElement answer, UserInfoPaths paths) => new(
        Pick(answer, paths.Id), Pick(answer, paths.Email), Pick(answer, paths.Username),
        Pick(answer, paths.EmailVerified) is { } verified && !verified.Equals("true", StringComparison.OrdinalIgnoreCase));

    /// <summary>Of JSONPath what such lists are made of: <c>$.a.b</c>, <c>$..a</c> (anywhere below) and <c>[0]</c>. Of a list its first element; texts, numbers and truths.</summary>
    internal static string? Pick(JsonElement answer, string paths)
    {
        foreach (var path in paths.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            foreach (var found in Follow(answer, path))
            {
                if (TextOf(found) is { } text)
                    return text;
            }
        }

        return null;
    }

    private static string? TextOf(JsonElement found)
    {
        if (found.ValueKind == JsonValueKind.Array)
            return found.GetArrayLength() > 0 && found[0].ValueKind != JsonValueKind.Array ? TextOf(found[0]) : null;
        return found.ValueKind switch
        {
            JsonValueKind.String => found.GetString() is { Length: > 0 } text ? text : null,
            JsonValueKind.Number => found.GetRawText(),
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            _ => null,
        };
    }

    private static IEnumerable<JsonElement> Follow(JsonElement answer, string path)
    {
        IEnumerable<JsonElement> here = [answer];
        var steps = StepsOf(path);
        return steps.Count > LongestPath ? [] : steps.Aggregate(here, (found, step) => found.SelectMany(one => Step(one, step)));
    }

    private static IEnumerable<JsonElement> Step(JsonElement from, (string Name, int? Index, bool Anywhere) step)
    {
        if (step.Index is { } index)
            return from.ValueKind == JsonValueKind.Array && index < from.GetArrayLength() ? [from[index]] : [];
        return (step.Anywhere ? Below(from) : [from])
            .Where(one => one.ValueKind == JsonValueKind.Object && one.TryGetProperty(step.Name, out _)).Select(one => one.GetProperty(step.Name));
    }

    /// <summary>This and everything in it, nearest first. The answer's depth is bounded where it is read.</summary>
    private static IEnumerable<JsonElement> Below(JsonElement from)
    {
        var level = new List<JsonElement> { from };
        while (level.Count > 0)
        {
            foreach (var one in level)
                yield return one;
            level = [.. level.SelectMany(ChildrenOf)];
        }
    }

    private static IEnumerable<JsonElement> ChildrenOf(JsonElement one) => one.ValueKind switch
    {
        JsonValueKind.Object => one.EnumerateObject().Select(member => member.Value),
        JsonValueKind.Array => one.EnumerateArray(),
        _ => [],
    };

    private static List<(string Name, int? Index, bool Anywhere)> StepsOf(string path)
    {
        var steps = new List<(string, int?, bool)>();
        var anywhere = false;
        foreach (var part in path.TrimStart('$').Split('.'))
        {
            if (part.Length == 0)
            {
                anywhere = steps.Count > 0 || path.StartsWith("$..", StringComparison.Ordinal);
                continue;
            }

            var open = part.IndexOf('[', StringComparison.Ordinal);
            var name = open < 0 ? part : part[..open];
            if (name.Length > 0)
                steps.Add((name, null, anywhere));
            anywhere = false;
            if (open >= 0 && int.TryParse(part.AsSpan(open + 1).TrimEnd(']'), NumberStyles.None, CultureInfo.InvariantCulture, out var index))
                steps.Add(("", index, false));
        }

        return steps;
    }
}

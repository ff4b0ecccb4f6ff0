using System.Text.Json;

namespace Kontena.Cli.Api;

/// <summary>Reads an error body and puts it in words: <c>status : cause (path)</c>, or one <c>field path: message</c> line each.</summary>
internal static class ApiErrors
{
    // A body with more lines than anyone reads; the rest is counted.
    private const int MaxDetails = 100;

    public static ApiException From(int status, string reasonPhrase, string path, ReadOnlyMemory<byte> body, bool json)
    {
        var error = json ? ErrorMember(body) : null;
        switch (error)
        {
            case { ValueKind: JsonValueKind.Object } fields:
            {
                var lines = new List<string>();
                Flatten("", fields, lines);
                var shown = lines.Take(MaxDetails).Select(line => $"\t{line}").ToList();
                if (lines.Count > MaxDetails) shown.Add($"\t… and {lines.Count - MaxDetails} more");
                return new ApiException(status, $"{status} : {reasonPhrase}:", shown);
            }

            case { ValueKind: JsonValueKind.String } text:
                return new ApiException(status, $"{status} : {Sentence(text.GetString(), reasonPhrase)} ({path})", [], Remedy(status, path));
            default:
                return new ApiException(status, $"{status} : {reasonPhrase} ({path})", [], Remedy(status, path));
        }
    }

    /// <summary>Leaves of the error object with the path that leads to them: <c>services.redis.links: …</c>, <c>env[1]: …</c>.</summary>
    internal static void Flatten(string path, JsonElement element, List<string> lines)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                    Flatten(path.Length == 0 ? member.Name : $"{path}.{member.Name}", member.Value, lines);
                break;
            case JsonValueKind.Array:
                var index = 0;
                foreach (var item in element.EnumerateArray()) Flatten($"{path}[{index++}]", item, lines);
                break;
            case JsonValueKind.Null:
                break;
            default:
                lines.Add($"{path}: {Output.JsonText.Compact(element)}");
                break;
        }
    }

    private static JsonElement? ErrorMember(ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty) return null;
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            if (root.ValueKind == JsonValueKind.String) return root.Clone();
            if (root.ValueKind != JsonValueKind.Object) return null;

            // A code such as invalid_token says less than its description.
            if (root.TryGetProperty("error_description", out var description) && description.ValueKind == JsonValueKind.String)
                return description.Clone();
            return root.TryGetProperty("error", out var error) ? error.Clone() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Sentence(string? text, string otherwise) => string.IsNullOrWhiteSpace(text) ? otherwise : text;

    private static string? Remedy(int status, string path)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var noun = parts.Length > 1 ? parts[1] : "";
        return (status, noun) switch
        {
            (401 or 403, _) => "Log in with a valid token: kontena master login --token TOKEN URL",
            (404, "grids") => "The grids there are: kontena grid ls",
            (404, "stacks") => "The stacks there are: kontena stack ls",
            (404, "services") => "The services there are: kontena service ls",
            (404, "nodes") => "The nodes there are: kontena node ls",
            (404, "containers") => "The containers there are: kontena container ls --all",
            (501, _) => null,
            (>= 500, _) => "The reason is in the master's log; trying again may help.",
            _ => null,
        };
    }
}

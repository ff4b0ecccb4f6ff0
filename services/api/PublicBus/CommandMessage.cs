using System.Text.Json;
using System.Text.Json.Nodes;

namespace Kontena.Api.PublicBus;

/// <summary>A command as an integration writes it: which operation, with what.</summary>
/// <param name="Operation">Its id, as the documents have it; null when <paramref name="Method"/> and <paramref name="Path"/> name it.</param>
/// <param name="Parameters">Those of the path and the query, by name; texts.</param>
/// <param name="Body">As over HTTP; null for none.</param>
internal sealed record CommandMessage(
    string? Operation, string? Method, string? Path, IReadOnlyList<KeyValuePair<string, string>> Parameters, JsonElement? Body, string? IdempotencyKey)
{
    /// <summary>Bytes: that of a body over HTTP, and room for the rest.</summary>
    public const int Limit = Http.RequestBody.Limit + (16 * 1024);

    private const int MaxDepth = 64;
    private const int MostParameters = 64;
    private const int LongestText = 2048;
    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE"];
    private static readonly string[] Fields = ["operation", "method", "path", "parameters", "body", "idempotency_key"];

    /// <summary>Pure.</summary>
    /// <param name="message">What came.</param>
    /// <param name="mistakes">All of them, by field: what was found, what is expected. Empty when the result is not null.</param>
    public static CommandMessage? Read(ReadOnlyMemory<byte> message, out JsonObject mistakes)
    {
        mistakes = [];
        if (message.Length > Limit)
            return Wrong(mistakes, "message", $"has {message.Length} bytes; at most {Limit} are taken");
        JsonElement root;
        try
        {
            using var document = JsonDocument.Parse(message, new JsonDocumentOptions { MaxDepth = MaxDepth });
            Http.RequestShape.RequireReadableText(document.RootElement);
            root = document.RootElement.Clone();
        }
        // Half surrogate pairs in \u escapes pass the parser and fail when the text is read.
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return Wrong(mistakes, "message", "is no JSON in UTF-8, or nested deeper than 64 levels; an object is expected");
        }

        if (root.ValueKind != JsonValueKind.Object)
            return Wrong(mistakes, "message", $"is {NameOf(root)}; an object is expected");
        foreach (var field in root.EnumerateObject().Where(field => !Fields.Contains(field.Name)).Take(10))
            Wrong(mistakes, Shown(field.Name), $"is not known; the fields are {string.Join(", ", Fields)}");

        var operation = Text(root, "operation", mistakes, 128);
        var method = Text(root, "method", mistakes, 16);
        var path = Text(root, "path", mistakes, LongestText);
        if (operation is not null && (method is not null || path is not null))
            Wrong(mistakes, "operation", "stands beside method or path; either the one or both others are expected");
        if (operation is null && (method is null || path is null) && !mistakes.ContainsKey("operation"))
            Wrong(mistakes, method is null && path is null ? "operation" : method is null ? "method" : "path", "is missing; an operation is expected, or a method and a path");
        if (method is not null && !Methods.Contains(method))
            Wrong(mistakes, "method", $"is '{Shown(method)}'; one of {string.Join(", ", Methods)} is expected");
        if (path is not null && (!path.StartsWith("/v1/", StringComparison.Ordinal) || path.AsSpan().ContainsAny('?', '#') || path.Any(char.IsControl)))
            Wrong(mistakes, "path", $"is '{Shown(path)}'; /v1/… is expected, as it is and not escaped, what follows a ? in parameters");
        var key = Text(root, "idempotency_key", mistakes, Http.IdempotencyKeys.LongestKey);
        if (key is not null && !Http.IdempotencyKeys.IsKey(key))
            Wrong(mistakes, "idempotency_key", $"has other than 1 to {Http.IdempotencyKeys.LongestKey} printable ASCII characters");
        var parameters = ParametersOf(root, mistakes);
        JsonElement? body = root.TryGetProperty("body", out var given) && given.ValueKind != JsonValueKind.Null ? given : null;
        return mistakes.Count > 0 ? null : new CommandMessage(operation, method, path, parameters, body, key);
    }

    private static List<KeyValuePair<string, string>> ParametersOf(JsonElement root, JsonObject mistakes)
    {
        var found = new List<KeyValuePair<string, string>>();
        var seen = 0;
        if (!root.TryGetProperty("parameters", out var given) || given.ValueKind == JsonValueKind.Null)
            return found;
        if (given.ValueKind != JsonValueKind.Object)
        {
            Wrong(mistakes, "parameters", $"is {NameOf(given)}; an object is expected");
            return found;
        }

        foreach (var parameter in given.EnumerateObject())
        {
            var values = parameter.Value.ValueKind == JsonValueKind.Array ? parameter.Value.EnumerateArray().Take(MostParameters + 1).ToList() : [parameter.Value];
            foreach (var value in values)
            {
                if (seen++ == MostParameters)
                {
                    Wrong(mistakes, "parameters", $"has more than {MostParameters} values");
                    return found;
                }

                var text = value.ValueKind switch
                {
                    JsonValueKind.String => value.GetString(),
                    JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
                    _ => null,
                };
                if (text is null || text.Length > LongestText)
                    Wrong(mistakes, $"parameters.{Shown(parameter.Name)}", text is null
                        ? $"is {NameOf(value)}; a text, a number, true or false is expected, or a list of them" : $"has {text.Length} characters; at most {LongestText} are taken");
                else
                    found.Add(new(parameter.Name, text));
            }
        }

        return found;
    }

    private static string? Text(JsonElement root, string field, JsonObject mistakes, int longest)
    {
        if (!root.TryGetProperty(field, out var value) || value.ValueKind == JsonValueKind.Null)
            return null;
        if (value.ValueKind != JsonValueKind.String)
            Wrong(mistakes, field, $"is {NameOf(value)}; a text is expected");
        else if (value.GetString()!.Length > longest)
            Wrong(mistakes, field, $"has {value.GetString()!.Length} characters; at most {longest} are taken");
        else
            return value.GetString();
        return null;
    }

    private static CommandMessage? Wrong(JsonObject mistakes, string field, string what)
    {
        mistakes.TryAdd(field, $"{field} {what}");
        return null;
    }

    private static string Shown(string text) => text.Length > 64 ? text[..64] + "…" : text;

    private static string NameOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "true or false",
        _ => "null",
    };
}

using System.Text.Json.Nodes;

namespace Kontena.EndToEnd.Fuzz;

/// <summary>One operation of the API document, as a stranger reads it.</summary>
/// <param name="Schema">Of the body, with every reference put in its place; null: it takes none.</param>
/// <param name="Statuses">Those it says that it answers with.</param>
internal sealed record ApiOperation(
    string Id, string Method, string Path, IReadOnlyList<JsonObject> Query, JsonObject? Schema, bool TakesKey, IReadOnlySet<int> Statuses)
{
    private const int DeepestSchema = 8;

    /// <summary>Whether a request is for this operation: its path is an address of the template.</summary>
    public bool IsMeantBy(HttpRequestMessage request)
    {
        var (wanted, asked) = (Path.Split('/'), request.RequestUri!.AbsolutePath.Split('/'));
        return request.Method.Method == Method && wanted.Length == asked.Length && wanted.Zip(asked).All(pair => pair.First is ['{', ..] ? pair.Second != "" : pair.First == pair.Second);
    }

    public static IReadOnlyList<ApiOperation> Of(JsonObject document)
    {
        var operations = new List<ApiOperation>();
        foreach (var (path, item) in document["paths"]!.AsObject())
        {
            foreach (var (method, found) in item!.AsObject())
            {
                var parameters = found!["parameters"]?.AsArray().Select(one => one!.AsObject()).ToList() ?? [];
                operations.Add(new ApiOperation(
                    (string?)found["operationId"] ?? $"{method} {path}", method.ToUpperInvariant(), path,
                    [.. parameters.Where(one => (string?)one["in"] == "query")],
                    found["requestBody"]?["content"]?["application/json"]?["schema"] is JsonObject schema ? Whole(schema, document, 0) : null,
                    parameters.Any(one => (string?)one["in"] == "header"),
                    found["responses"]!.AsObject().Select(one => int.Parse(one.Key)).ToHashSet()));
            }
        }

        return operations;
    }

    private static JsonObject Whole(JsonObject schema, JsonObject document, int depth)
    {
        if ((string?)schema["$ref"] is { } reference)
            return Whole(document["components"]!["schemas"]![reference.Split('/')[^1]]!.AsObject(), document, depth + 1);
        var whole = new JsonObject { ["type"] = schema["type"]?.DeepClone(), ["enum"] = schema["enum"]?.DeepClone() };
        if (depth >= DeepestSchema)
            return whole;
        if (schema["properties"] is JsonObject properties)
            whole["properties"] = new JsonObject(properties.Select(one => KeyValuePair.Create<string, JsonNode?>(one.Key, Whole(one.Value!.AsObject(), document, depth + 1))));
        if (schema["items"] is JsonObject items)
            whole["items"] = Whole(items, document, depth + 1);
        if (schema["additionalProperties"] is JsonObject values)
            whole["additionalProperties"] = Whole(values, document, depth + 1);
        if ((schema["oneOf"] ?? schema["anyOf"])?.AsArray().OfType<JsonObject>().FirstOrDefault(one => (string?)one["type"] != "null") is { } first)
            return Whole(first, document, depth + 1);
        return whole;
    }
}

using System.Text;
using System.Text.Json.Nodes;

namespace Kontena.EndToEnd.Fuzz;

/// <summary>Throws one request: nearly right, wrong somewhere, or no request of anybody. The same for the same seed.</summary>
internal sealed class RequestDice(int seed, Uri api, IReadOnlyList<ApiOperation> operations, IReadOnlyList<string> nodes, string token)
{
    private const int LargestBody = 10 * 1024 * 1024;

    /// <summary>Few names, so that requests meet what others made, and what is made stays bounded.</summary>
    private static readonly string[] Names = ["web", "api", "db", "a", "data", "null", "key", "shop"];

    private static readonly string[] Strange =
    [
        "", " ", "\0", "..", "../../etc/passwd", "%2e%2e%2f", "a/b/c", "-", "--help", "ä€𝄞", "\u202Egpj", "\u212A", "a\nb", "'; DROP TABLE x", "{{x}}", "${HOME}", "*", "[", "?", "#",
        "0", "-1", "1e309", "99999999999999999999", "true", "2026-11-28T00:00:00Z", "0000-00-00", new string('x', 300), new string('é', 5000),
    ];

    private static readonly string[] Images = ["kontena-examples/web:1", "busybox", "registry.example:5000/a/b@sha256:" + "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "UPPER", ":", "a:b:c"];

    private readonly Random _dice = new(seed);

    /// <summary>How many of the fields that may be there are: with all of them there is always one wrong.</summary>
    private double _fill;

    public ApiOperation Operation { get; private set; } = operations[0];

    public HttpRequestMessage Throw()
    {
        Operation = Of(operations);
        var request = new HttpRequestMessage(new HttpMethod(Chance(0.02) ? Of(["PATCH", "OPTIONS", "HEAD", "X", "DELETE"]) : Operation.Method), Uri.TryCreate(api.ToString().TrimEnd('/') + PathAndQuery(), UriKind.Absolute, out var uri) ? uri : api);
        if (!Chance(0.03))
            request.Headers.TryAddWithoutValidation("Authorization", Chance(0.05) ? Of(["Bearer", "Bearer ", "Basic eDp5", "Bearer " + new string('x', 4000), "bearer " + token]) : "Bearer " + token);
        if (Chance(0.1))
            request.Headers.TryAddWithoutValidation("Accept", Of(["application/problem+json", "text/html", "*/*;q=0", ";", "application/json, application/problem+json;q=0.1"]));
        if (Operation.TakesKey && Chance(0.2))
            request.Headers.TryAddWithoutValidation("Idempotency-Key", Chance(0.8) ? $"\"{_dice.Next(50)}\"" : Of(Strange));
        if (Chance(0.05))
            request.Headers.TryAddWithoutValidation(Of(["X-Forwarded-For", "Host", "Cookie", "Range", "If-Match", "Upgrade", "Kontena-Grid-Token", "Kontena-Node-Token"]), Of(Strange));
        if (Operation.Schema is not null || Chance(0.1))
            request.Content = Body();
        return request;
    }

    private string PathAndQuery()
    {
        var path = string.Join('/', Operation.Path.Split('/').Select(segment => segment is ['{', .. var name, '}'] ? Uri.EscapeDataString(Segment(name)) : segment));
        if (Chance(0.02))
            path += Of(["/", "//", "/..", "/%00", "/" + new string('y', 3000), "%"]);
        var query = Operation.Query.Where(_ => Chance(0.4)).Select(one => $"{Uri.EscapeDataString((string)one["name"]!)}={Uri.EscapeDataString(QueryValue((string)one["name"]!))}").ToList();
        if (Chance(0.05))
            query.Add(Of(["x=y", "=", "&&", "limit=1&limit=2", "a[]=1", "%", new string('q', 2000)]));
        return query.Count == 0 ? path : $"{path}?{string.Join('&', query)}";
    }

    private string Segment(string name) => Chance(0.1) ? Of(Strange) : name switch
    {
        "grid" => Chance(0.9) ? "default" : Of(Names),
        "node" => Of(nodes),
        "stack" => Chance(0.3) ? "null" : Of(Names),
        _ => Of(Names),
    };

    private string QueryValue(string name) => Chance(0.3) ? Of(Strange) : name switch
    {
        "limit" or "tail" => $"{_dice.Next(-1, 20_000)}",
        "follow" => "1",
        "since" or "from" or "to" => Of(["2026-11-28T00:00:00Z", "yesterday", "1", "1764288000"]),
        _ => Of(["true", "false", "1", "web", "default/web/api"]),
    };

    private ByteArrayContent Body()
    {
        _fill = Of([0, 0.05, 0.15, 0.5]);
        var bytes = _dice.NextDouble() switch
        {
            < 0.45 => Json(Value(Operation.Schema, "", 0, wrong: 0)),
            < 0.60 => Json(Value(Operation.Schema, "", 0, wrong: 0.02)),
            < 0.80 => Json(Value(Operation.Schema, "", 0, wrong: 0.25)),
            < 0.88 => Json(Anything(0)),
            < 0.90 => Deep(_dice.Next(2) == 0 ? 60 : 20_000),
            < 0.93 => Cut(Json(Value(Operation.Schema, "", 0, wrong: 0))),
            < 0.95 => Flipped(Json(Value(Operation.Schema, "", 0, wrong: 0))),
            < 0.97 => [],
            < 0.995 => Encoding.UTF8.GetBytes(Of(["null", "[]", "\"\"", "1", "{\"a\":1,\"a\":2}", "{\"error\":\"\\ud800\"}", "<xml/>", "a=b&c=d", "\ufeff{}", "{}{}", "{/**/}", "NaN"])),
            _ => Large(),
        };
        var content = new ByteArrayContent(bytes);
        content.Headers.TryAddWithoutValidation("Content-Type", Chance(0.85)
            ? "application/json"
            : Of(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json; charset=utf-16", "application/json; charset=nope", ";", "application/x-www-form-urlencodedX"]));
        if (Chance(0.02))
            content.Headers.TryAddWithoutValidation("Content-Encoding", Of(["gzip", "br", "nope"]));
        return content;
    }

    private JsonNode? Value(JsonObject? schema, string name, int depth, double wrong)
    {
        if (schema is null || depth > 10 || Chance(wrong))
            return Anything(depth);
        if (schema["enum"] is JsonArray { Count: > 0 } values)
            return values[_dice.Next(values.Count)]?.DeepClone();
        return TypeOf(schema) switch
        {
            "object" when schema["properties"] is JsonObject properties => new JsonObject(
                properties.Where(one => one.Key is "name" or "image" or "stateful" or "source" or "version" or "registry" or "value" || Chance(_fill)).Select(one => KeyValuePair.Create(one.Key, Value(one.Value!.AsObject(), one.Key, depth + 1, wrong)))),
            "object" => new JsonObject(Enumerable.Range(0, _dice.Next(3)).Select(number => KeyValuePair.Create($"k{number}", Value(schema["additionalProperties"] as JsonObject, "", depth + 1, wrong)))),
            "array" => new JsonArray([.. Enumerable.Range(0, _dice.Next(4)).Select(_ => Value(schema["items"] as JsonObject, name, depth + 1, wrong))]),
            "integer" => Of<long>([0, 1, 2, 3, 80, 443, 65536, -1, int.MaxValue, long.MaxValue]),
            "number" => Of([0.5, 1, 0, -1, 1e300]),
            "boolean" => _dice.Next(2) == 0,
            _ => Text(name),
        };
    }

    private string Text(string name) => Chance(0.1) ? Of(Strange) : name switch
    {
        "image" => Of(Images),
        "env" => Of(["A=b", "A", "=b", "SECRET=hush", "A=b\nc"]),
        "affinity" => Of(["label==az=a1", "node!=x", "service==~db", "==", "label==~/(a+)+$/"]),
        "volumes" => Of(["/data", "data:/data", "data:/data:ro", ":", "/a:/b:/c:/d"]),
        "links" => Of(["null/web", "web", "web:alias", "a/b:c:d"]),
        _ => Of(Names),
    };

    private JsonNode? Anything(int depth) => _dice.Next(depth > 6 ? 6 : 8) switch
    {
        0 => null,
        1 => _dice.Next(2) == 0,
        2 => Of<long>([0, -1, long.MinValue, long.MaxValue, 42]),
        3 => 1.5e308,
        4 => Of(Strange),
        5 => "web",
        6 => new JsonArray([.. Enumerable.Range(0, _dice.Next(4)).Select(_ => Anything(depth + 1))]),
        _ => new JsonObject(Enumerable.Range(0, _dice.Next(4)).Select(number => KeyValuePair.Create(Chance(0.5) ? Of(Names) : $"{Of(Strange)}{number}", Anything(depth + 1))).DistinctBy(one => one.Key)),
    };

    private static string? TypeOf(JsonObject schema) => schema["type"] switch
    {
        JsonArray several => several.Select(one => (string?)one).FirstOrDefault(one => one != "null"),
        var one => (string?)one,
    };

    private static byte[] Json(JsonNode? node) => Encoding.UTF8.GetBytes(node?.ToJsonString() ?? "null");

    private static byte[] Deep(int levels) => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":[", levels)) + "1" + string.Concat(Enumerable.Repeat("]}", levels)));

    private byte[] Cut(byte[] bytes) => bytes[.._dice.Next(bytes.Length)];

    private byte[] Flipped(byte[] bytes)
    {
        for (var i = 0; i < 3 && bytes.Length > 0; i++)
            bytes[_dice.Next(bytes.Length)] = (byte)_dice.Next(256);
        return bytes;
    }

    private byte[] Large()
    {
        var bytes = new byte[_dice.Next(LargestBody)];
        Array.Fill(bytes, (byte)Of([' ', '[', 'a', '\0']));
        return bytes;
    }

    private bool Chance(double probability) => _dice.NextDouble() < probability;

    private T Of<T>(IReadOnlyList<T> values) => values[_dice.Next(values.Count)];
}

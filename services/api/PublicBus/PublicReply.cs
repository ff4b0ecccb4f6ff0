using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Kontena.Api.PublicBus;

/// <summary>What an integration is answered: the status that HTTP would have, and the body; for errors always the problem (RFC 9457) that whoever accepts one gets over HTTP.</summary>
internal sealed record PublicReply(int Status, JsonNode? Body)
{
    public const int FirstError = 400;

    public bool IsError => Status >= FirstError;

    public byte[] ToBytes() => Encoding.UTF8.GetBytes(
        new JsonObject { ["status"] = Status, ["body"] = Body?.DeepClone() }.ToJsonString(Contracts.Http.KontenaResponseJson.Wire.Options));

    /// <summary>In one line, for whoever looks at what was laid aside.</summary>
    public string InWords => $"{Status}: {(Body?["error"] as JsonObject)?.ToJsonString() ?? (string?)Body?["detail"] ?? (string?)Body?["title"] ?? ""}";

    public static PublicReply Problem(int status, string detail) => Refused(status, detail);

    /// <summary>Mistakes by field.</summary>
    public static PublicReply Invalid(int status, JsonObject mistakes) => Refused(status, mistakes.DeepClone());

    /// <summary>From what the HTTP pipeline answered. Pure.</summary>
    public static PublicReply Of(int status, ReadOnlyMemory<byte> bytes)
    {
        var body = Parse(bytes.Span);
        if (status < FirstError)
            return new PublicReply(status, body);
        if (body is JsonValue said)
            return Refused(status, said.ToString());
        var problem = body is JsonObject known && known["title"] is not null && known["status"] is not null ? known : Http.Problem.Of(status, body);
        // Over HTTP a path that is none is refused without a word.
        problem["detail"] ??= "There is nothing of this name, or it can't be done to it";
        return new PublicReply(status, problem);
    }

    private static PublicReply Refused(int status, JsonNode error) => new(status, Http.Problem.Of(status, new JsonObject { ["error"] = error }));

    private static JsonNode? Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return null;
        try
        {
            return JsonNode.Parse(bytes);
        }
        catch (JsonException)
        {
            return JsonValue.Create(Encoding.UTF8.GetString(bytes));
        }
    }
}

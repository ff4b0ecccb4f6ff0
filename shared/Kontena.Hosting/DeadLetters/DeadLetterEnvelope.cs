using System.Text.Json;
using System.Text.Json.Nodes;

namespace Kontena.Hosting.DeadLetters;

/// <summary>Reads and readies the JSON envelope that MassTransit puts around a message.</summary>
internal static class DeadLetterEnvelope
{
    /// <summary>Fields that speak of an asker who has long given up.</summary>
    private static readonly string[] OfTheAsker = ["expirationTime", "requestId", "responseAddress", "faultAddress"];

    /// <summary>Type and id of the message; placeholders when the body is not an envelope.</summary>
    public static (string Type, string MessageId) Describe(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            var type = json.RootElement.TryGetProperty("messageType", out var types) && types.ValueKind == JsonValueKind.Array && types.GetArrayLength() > 0
                ? types[0].GetString()
                : null;
            var id = json.RootElement.TryGetProperty("messageId", out var value) ? value.GetString() : null;
            return (type?[(type.LastIndexOf(':') + 1)..] ?? "unknown", id ?? "");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return ("unknown", "");
        }
    }

    /// <summary>The same message without a deadline and without anybody to answer to. A body that is not an envelope stays as it is.</summary>
    public static byte[] WithoutAsker(ReadOnlyMemory<byte> body)
    {
        try
        {
            if (JsonNode.Parse(body.Span) is JsonObject envelope)
            {
                foreach (var field in OfTheAsker)
                    envelope.Remove(field);
                return JsonSerializer.SerializeToUtf8Bytes(envelope);
            }
        }
        catch (JsonException)
        {
            // Not ours to understand; its consumer will say so again.
        }

        return body.ToArray();
    }
}

using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Kontena.Cli.Output;

/// <summary>The API's JSON, indented, without any type in between.</summary>
internal static class JsonText
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Indent(ReadOnlyMemory<byte> json)
    {
        if (json.IsEmpty) return "{}";
        using var document = JsonDocument.Parse(json);
        return Indent(document.RootElement);
    }

    public static string Indent(JsonElement element)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Indented)) element.WriteTo(writer);
        return Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }

    /// <summary>A text member of the top object; null when it is not there or the body is no JSON.</summary>
    public static string? Member(ReadOnlyMemory<byte> json, string name)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(name, out var member)
                && member.ValueKind == JsonValueKind.String ? member.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>One line, for values inside other text.</summary>
    public static string Compact(JsonElement element) =>
        element.ValueKind == JsonValueKind.String ? element.GetString() ?? "" : element.GetRawText();
}

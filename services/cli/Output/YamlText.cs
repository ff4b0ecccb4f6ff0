using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kontena.Cli.Output;

/// <summary>JSON as YAML for reading: block style, no nulls, text in quotes whenever it could be taken for something else.</summary>
internal static class YamlText
{
    /// <param name="leaveOut">A member of the top object that is not shown.</param>
    public static string Of(JsonElement element, string? leaveOut = null)
    {
        var text = new StringBuilder();
        foreach (var member in element.EnumerateObject().Where(member => member.Name != leaveOut)) Member(text, member, 0, "");
        return text.ToString();
    }

    /// <summary>One value on one line.</summary>
    public static string Scalar(string value) => IsPlain(value) ? value : JsonSerializer.Serialize(value, TextJson.Default.String);

    /// <summary>The same for other readers of YAML, some of which do not put together what JSON writes as two halves.</summary>
    public static string Portable(string value)
    {
        if (IsPlain(value)) return value;
        var text = new StringBuilder("\"");
        foreach (var rune in value.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '"' or '\\' => text.Append('\\').Append((char)rune.Value),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                < ' ' or (>= 0x7f and < 0xa0) or 0x2028 or 0x2029 or 0xfeff => text.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}"),
                _ => text.Append(rune.ToString()),
            };
        }

        return text.Append('"').ToString();
    }

    private static bool IsPlain(string value)
    {
        var plain = value.Length > 0 && char.IsAsciiLetter(value[0])
            && value.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '_' or '/' or '-')
            && value.ToLowerInvariant() is not ("true" or "false" or "yes" or "no" or "on" or "off" or "null" or "y" or "n");
        var number = value.Length is > 0 and < 16 && value.All(char.IsAsciiDigit) && (value[0] != '0' || value.Length == 1);
        return plain || number;
    }

    private static void Member(StringBuilder text, JsonProperty member, int depth, string lead)
    {
        if (member.Value.ValueKind == JsonValueKind.Null) return;
        text.Append(lead.Length > 0 ? lead : new string(' ', depth * 2)).Append(Scalar(member.Name)).Append(':');
        Value(text, member.Value, depth);
    }

    private static void Value(StringBuilder text, JsonElement value, int depth)
    {
        var indent = new string(' ', depth * 2);
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                var members = value.EnumerateObject().Where(member => member.Value.ValueKind != JsonValueKind.Null).ToList();
                text.Append(members.Count == 0 ? " {}\n" : "\n");
                foreach (var member in members) Member(text, member, depth + 1, "");
                break;
            case JsonValueKind.Array:
                text.Append(value.GetArrayLength() == 0 ? " []\n" : "\n");
                foreach (var item in value.EnumerateArray()) Item(text, item, indent, depth);
                break;
            case JsonValueKind.String:
                text.Append(' ').Append(Scalar(value.GetString()!)).Append('\n');
                break;
            default:
                text.Append(' ').Append(value.GetRawText()).Append('\n');
                break;
        }
    }

    private static void Item(StringBuilder text, JsonElement item, string indent, int depth)
    {
        if (item.ValueKind != JsonValueKind.Object)
        {
            text.Append(indent).Append('-');
            Value(text, item, depth + 1);
            return;
        }

        var first = true;
        foreach (var member in item.EnumerateObject().Where(member => member.Value.ValueKind != JsonValueKind.Null))
        {
            Member(text, member, depth + 1, first ? $"{indent}- " : "");
            first = false;
        }

        if (first) text.Append(indent).Append("- {}\n");
    }
}

[JsonSerializable(typeof(string))]
internal sealed partial class TextJson : JsonSerializerContext;

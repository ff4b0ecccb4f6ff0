using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Kontena.Contracts.Commands;

namespace Kontena.Api.Http;

/// <summary>Holds a JSON body against a request type: what clients may send in place of a type is converted, everything else is reported, all at once (rest-api.md §2.1).</summary>
/// <remarks>The result has only declared keys and only values that deserialise. Null counts as absent. Texts of the request itself are trimmed; elements of lists and values of maps are kept as sent.</remarks>
internal static class RequestShape
{
    /// <summary>Mistakes reported at once; nobody reads more, and each costs memory.</summary>
    public const int MostErrors = 500;

    public static JsonNode? Read(JsonElement value, JsonTypeInfo type, List<FieldError> errors) => Read(value, type, [], "Request", errors);

    /// <summary>Reads every text once.</summary>
    /// <exception cref="InvalidOperationException">One holds half a surrogate pair.</exception>
    public static void RequireReadableText(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                value.GetString();
                break;
            case JsonValueKind.Array:
                foreach (var element in value.EnumerateArray())
                    RequireReadableText(element);
                break;
            case JsonValueKind.Object:
                foreach (var property in value.EnumerateObject())
                {
                    _ = property.Name;
                    RequireReadableText(property.Value);
                }

                break;
        }
    }

    private static JsonNode? Read(JsonElement value, JsonTypeInfo type, string[] path, string title, List<FieldError> errors)
    {
        switch (type.Kind)
        {
            case JsonTypeInfoKind.Object:
                return value.ValueKind == JsonValueKind.Object
                    ? ReadObject(value, type, path, errors)
                    : Wrong(errors, path, $"{title} isn't a hash");
            case JsonTypeInfoKind.Enumerable:
                return value.ValueKind == JsonValueKind.Array
                    ? ReadList(value, type, path, title, errors)
                    : Wrong(errors, path, $"{title} isn't an array");
            case JsonTypeInfoKind.Dictionary:
                return value.ValueKind == JsonValueKind.Object
                    ? ReadMap(value, type, path, title, errors)
                    : Wrong(errors, path, $"{title} isn't a hash");
            default:
                return ReadScalar(value, Nullable.GetUnderlyingType(type.Type) ?? type.Type, path, title, errors);
        }
    }

    private static JsonObject ReadObject(JsonElement value, JsonTypeInfo type, string[] path, List<FieldError> errors)
    {
        var result = new JsonObject();
        foreach (var property in type.Properties)
        {
            if (!value.TryGetProperty(property.Name, out var given) || given.ValueKind == JsonValueKind.Null)
                continue;
            string[] at = [.. path, property.Name];
            var title = TitleOf(property.Name);
            var read = Read(given, type.Options.GetTypeInfo(property.PropertyType), at, title, errors);
            if (read is JsonValue scalar && scalar.TryGetValue<string>(out var text) && property.PropertyType == typeof(string))
            {
                read = text.Trim();
                if (text.AsSpan().Trim().IsEmpty)
                    Wrong(errors, at, $"{title} can't be blank");
            }

            result[property.Name] = read;
        }

        return result;
    }

    private static JsonArray ReadList(JsonElement value, JsonTypeInfo type, string[] path, string title, List<FieldError> errors)
    {
        var element = type.Options.GetTypeInfo(type.ElementType!);
        var result = new JsonArray();
        var index = 0;
        foreach (var one in value.EnumerateArray())
        {
            string[] at = [.. path, NameOf(one, path) ?? $"[{index}]"];
            if (one.ValueKind == JsonValueKind.Null)
                Wrong(errors, at, $"{title}[{index}] can't be nil");
            else
                result.Add(Read(one, element, at, $"{title}[{index}]", errors));
            index++;
        }

        return result;
    }

    /// <summary>A stack's services are told apart by name in errors, as grid-manager does.</summary>
    private static string? NameOf(JsonElement element, string[] path) =>
        path is ["services"] && element.ValueKind == JsonValueKind.Object
        && element.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String && name.GetString() is { Length: > 0 } text
            ? text
            : null;

    private static JsonObject ReadMap(JsonElement value, JsonTypeInfo type, string[] path, string title, List<FieldError> errors)
    {
        var element = type.Options.GetTypeInfo(type.ElementType!);
        var result = new JsonObject();
        foreach (var property in value.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.Null)
                result[property.Name] = Read(property.Value, element, [.. path, property.Name], $"{title} {property.Name}", errors);
        }

        return result;
    }

    private static JsonNode? ReadScalar(JsonElement value, Type type, string[] path, string title, List<FieldError> errors)
    {
        if (type == typeof(JsonElement))
            return JsonNode.Parse(value.GetRawText());
        if (type == typeof(string))
            return TextOf(value) is { } text ? Printable(text) : Wrong(errors, path, $"{title} isn't a string");
        if (type == typeof(bool))
            return BooleanOf(value) is { } flag ? flag : Wrong(errors, path, $"{title} isn't a boolean");
        if (type == typeof(double))
            return DoubleOf(value) is { } real ? real : Wrong(errors, path, $"{title} is invalid");

        var (min, max) = type == typeof(int) ? (int.MinValue, (long)int.MaxValue) : (long.MinValue, long.MaxValue);
        return IntegerOf(value) switch
        {
            null => Wrong(errors, path, $"{title} isn't an integer"),
            { } number when number < min => Wrong(errors, path, $"{title} is too small"),
            { } number when number > max => Wrong(errors, path, $"{title} is too big"),
            { } number => (long)number,
        };
    }

    private static string? TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        _ => null,
    };

    private static bool? BooleanOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.String or JsonValueKind.Number => TextOf(value)!.Trim().ToLowerInvariant() switch
        {
            "true" or "1" => true,
            "false" or "0" => false,
            _ => null,
        },
        _ => null,
    };

    private static double? DoubleOf(JsonElement value) =>
        value.ValueKind is JsonValueKind.Number or JsonValueKind.String
        && double.TryParse(TextOf(value), NumberStyles.Float, CultureInfo.InvariantCulture, out var real) && double.IsFinite(real)
            ? real
            : null;

    /// <summary>Integers, and texts that begin with one.</summary>
    private static Int128? IntegerOf(JsonElement value)
    {
        if (value.ValueKind is not (JsonValueKind.Number or JsonValueKind.String))
            return null;
        var text = TextOf(value)!.Trim();
        var end = text.StartsWith('-') ? 1 : 0;
        var start = end;
        while (end < text.Length && char.IsAsciiDigit(text[end]))
            end++;
        if (end == start || (value.ValueKind == JsonValueKind.Number && end != text.Length))
            return null;
        if (end > 30)
            return text.StartsWith('-') ? Int128.MinValue : Int128.MaxValue;
        return Int128.Parse(text.AsSpan(0, end), CultureInfo.InvariantCulture);
    }

    /// <summary>Each run of control characters other than tab and line ends becomes one space.</summary>
    private static string Printable(string text)
    {
        if (!text.Any(IsUnprintable))
            return text;
        var result = new StringBuilder(text.Length);
        var inRun = false;
        foreach (var character in text)
        {
            if (!IsUnprintable(character))
                result.Append(character);
            else if (!inRun)
                result.Append(' ');
            inRun = IsUnprintable(character);
        }

        return result.ToString();
    }

    private static bool IsUnprintable(char character) => char.IsControl(character) && character is not ('\t' or '\r' or '\n');

    /// <summary><c>stop_signal</c> → <c>Stop Signal</c>.</summary>
    private static string TitleOf(string name) =>
        string.Join(' ', name.Split('_', StringSplitOptions.RemoveEmptyEntries).Select(word => char.ToUpperInvariant(word[0]) + word[1..]));

    private static JsonNode? Wrong(List<FieldError> errors, string[] path, string message)
    {
        if (errors.Count < MostErrors)
            errors.Add(new FieldError(path, message));
        return null;
    }
}

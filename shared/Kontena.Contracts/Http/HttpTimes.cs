using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kontena.Contracts.Http;

/// <summary>Times as the API writes them: UTC, three decimals, <c>Z</c> (rest-api.md §1.11 "T"). Reads any ISO 8601 form.</summary>
public sealed class ZuluTimeConverter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        HttpTimes.Read(ref reader);

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(HttpTimes.Zulu(value));
}

/// <summary>The same instant with <c>+00:00</c> instead of <c>Z</c>: the form of a service deploy's times (rest-api.md §1.11 "DT").</summary>
public sealed class OffsetTimeConverter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        HttpTimes.Read(ref reader);

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(HttpTimes.Offset(value));
}

/// <summary>The two time formats of the API as text.</summary>
public static class HttpTimes
{
    public static string Zulu(DateTimeOffset time) =>
        time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public static string Offset(DateTimeOffset time) =>
        time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'+00:00'", CultureInfo.InvariantCulture);

    internal static DateTimeOffset Read(ref Utf8JsonReader reader) =>
        DateTimeOffset.TryParse(reader.GetString(), CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : throw new JsonException("expected a time such as 2018-03-12T10:11:12.345Z");
}

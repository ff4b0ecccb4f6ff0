using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Kontena.Contracts.Commands;

namespace Kontena.Api.Http;

/// <summary>Reads a JSON body whatever its content type says; an empty body is <c>{}</c> (rest-api.md §1.5).</summary>
internal static class RequestBody
{
    /// <summary>Bytes. A stack file with hundreds of services is far below it.</summary>
    public const int Limit = 1024 * 1024;

    public const string TooLarge = "The request body is over 1 MB, the most that is taken";

    private const int MaxDepth = 64;

    /// <summary>The body as <typeparamref name="T"/>, with every mistake of type reported at once.</summary>
    /// <exception cref="HttpRefusal">400, 413 or 422.</exception>
    public static async Task<T> ReadAsync<T>(HttpContext http, JsonTypeInfo<T> json)
    {
        using var document = await ParseAsync(http);
        return Read(document.RootElement, json);
    }

    public static T Read<T>(JsonElement root, JsonTypeInfo<T> json)
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw new HttpRefusal(StatusCodes.Status400BadRequest, "Invalid json: the body must be an object");

        var errors = new List<FieldError>();
        var clean = RequestShape.Read(root, json, errors);
        if (errors.Count > 0)
            throw HttpRefusal.Invalid(ErrorTree.Of(errors));
        return clean.Deserialize(json) ?? throw new HttpRefusal(StatusCodes.Status400BadRequest, "Invalid json");
    }

    public static async Task<JsonDocument> ParseAsync(HttpContext http)
    {
        var bytes = await ReadBytesAsync(http);
        if (IsBlank(bytes))
            return JsonDocument.Parse("{}");
        try
        {
            var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = MaxDepth });
            RequestShape.RequireReadableText(document.RootElement);
            return document;
        }
        // Half surrogate pairs in \u escapes pass the parser and fail when the text is read.
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new HttpRefusal(StatusCodes.Status400BadRequest, "Invalid json");
        }
    }

    private static bool IsBlank(ReadOnlyMemory<byte> bytes) => bytes.Span.TrimStart(" \t\r\n"u8).IsEmpty;

    public static async Task<ReadOnlyMemory<byte>> ReadBytesAsync(HttpContext http)
    {
        if (http.Request.ContentLength > Limit)
            throw TooLargeRefusal(http);

        var buffer = new ArrayBufferWriter<byte>();
        while (true)
        {
            var read = await http.Request.Body.ReadAsync(buffer.GetMemory(8 * 1024), http.RequestAborted);
            if (read == 0)
                return buffer.WrittenMemory;
            buffer.Advance(read);
            if (buffer.WrittenCount > Limit)
                throw TooLargeRefusal(http);
        }
    }

    /// <summary>The rest of such a body is not worth reading: the connection ends with the answer.</summary>
    private static HttpRefusal TooLargeRefusal(HttpContext http)
    {
        http.Response.Headers.Connection = "close";
        return new HttpRefusal(StatusCodes.Status413PayloadTooLarge, TooLarge);
    }
}

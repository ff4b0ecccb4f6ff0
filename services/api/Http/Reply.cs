using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Kontena.Contracts.Http;

namespace Kontena.Api.Http;

/// <summary>A JSON response with its length, written by <see cref="KontenaResponseJson.Wire"/>.</summary>
internal sealed class Reply(int status, ReadOnlyMemory<byte> body) : IResult
{
    private static readonly byte[] EmptyObject = "{}"u8.ToArray();

    /// <summary>200 <c>{}</c>: what most commands answer.</summary>
    public static Reply Empty { get; } = new(StatusCodes.Status200OK, EmptyObject);

    /// <summary>Bytes of the body.</summary>
    public int Length => body.Length;

    public static Reply Ok<T>(T value, JsonTypeInfo<T> json) => new(StatusCodes.Status200OK, JsonSerializer.SerializeToUtf8Bytes(value, json));

    public static Reply Created<T>(T value, JsonTypeInfo<T> json) =>
        new(StatusCodes.Status201Created, JsonSerializer.SerializeToUtf8Bytes(value, json));

    public static Reply Of(int status, JsonNode body) => new(status, BytesOf(body));

    public Task ExecuteAsync(HttpContext httpContext) => WriteAsync(httpContext, status, body);

    /// <summary>An error in the form that the client asks for.</summary>
    public static Task WriteAsync(HttpContext http, int status, JsonNode body) => status >= 400 && Problem.IsWantedBy(http)
        ? WriteAsync(http, status, BytesOf(Problem.Of(status, body)), Problem.MediaType)
        : WriteAsync(http, status, BytesOf(body));

    private static ReadOnlyMemory<byte> BytesOf(JsonNode body)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = KontenaResponseJson.Wire.Options.Encoder }))
            body.WriteTo(writer);
        return bytes.WrittenMemory;
    }

    private static Task WriteAsync(HttpContext http, int status, ReadOnlyMemory<byte> body, string contentType = "application/json")
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = contentType;
        http.Response.ContentLength = body.Length;
        return HttpMethods.IsHead(http.Request.Method)
            ? Task.CompletedTask
            : http.Response.Body.WriteAsync(body, http.RequestAborted).AsTask();
    }
}

using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Net.Http.Headers;

namespace Kontena.Docker.Transport;

/// <summary>One request to the engine. The path is escaped and has no version in it.</summary>
internal sealed record EngineCall(HttpMethod Method, string Path)
{
    /// <summary>Most answers come in milliseconds; a machine deep in swap may need this long.</summary>
    public static readonly TimeSpan OrdinaryDeadline = TimeSpan.FromSeconds(30);

    /// <summary>Makes the body; called again for each attempt.</summary>
    public Func<HttpContent>? Body { get; init; }

    /// <summary>Until the answer has been read; for a stream, until its first byte may be read.</summary>
    public TimeSpan Deadline { get; init; } = OrdinaryDeadline;

    /// <summary>Value of <c>X-Registry-Auth</c>. Never logged, never part of an error.</summary>
    public string? RegistryAuth { get; init; }

    /// <summary>Statuses that are no error for this call, besides 2xx.</summary>
    public IReadOnlyList<int> Accepts { get; init; } = [];

    public static EngineCall Get(string path) => new(HttpMethod.Get, path);

    public static EngineCall Post(string path) => new(HttpMethod.Post, path);

    public static EngineCall Delete(string path) => new(HttpMethod.Delete, path);

    public static EngineCall Post<T>(string path, T body, JsonTypeInfo<T> type)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(body, type);
        return new EngineCall(HttpMethod.Post, path) { Body = () => Json(bytes) };
    }

    /// <summary>What a person is told: method and path, without the query (it may carry build arguments).</summary>
    public override string ToString() => $"{Method} {Path.Split('?')[0]}";

    private static ByteArrayContent Json(byte[] bytes) =>
        new(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
}

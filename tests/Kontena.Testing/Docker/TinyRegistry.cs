using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Kontena.Testing.Docker;

/// <summary>
/// An image registry in memory on a free loopback port (engines speak plain HTTP to 127.0.0.0/8), for pushes and pulls with
/// or without a login. Whoever tests with it builds images under <see cref="Image"/> and pushes them.
/// </summary>
public sealed class TinyRegistry : IAsyncDisposable
{
    private const string Blobs = "/blobs/";
    private const string Uploads = "/blobs/uploads/";
    private const string Manifests = "/manifests/";

    private readonly ConcurrentDictionary<string, byte[]> _blobs = [];
    private readonly ConcurrentDictionary<string, MemoryStream> _uploads = [];
    private readonly ConcurrentDictionary<string, (string Type, byte[] Body)> _manifests = [];
    private readonly WebApplication _app;
    private readonly string? _authorization;
    private int _uploadNumber;

    private TinyRegistry(WebApplication app, string? username, string? password)
    {
        _app = app;
        if (username is not null) _authorization = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{username}:{password}"));
    }

    /// <summary>Host and port, as they stand before the image's name.</summary>
    public string Host => new Uri(_app.Urls.First()).Authority;

    public static async Task<TinyRegistry> StartAsync(string? username, string? password, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = 256L << 20);
        var app = builder.Build();
        var registry = new TinyRegistry(app, username, password);
        app.Run(registry.AnswerAsync);
        await app.StartAsync(cancellationToken);
        return registry;
    }

    /// <summary>The reference of an image in this registry.</summary>
    public string Image(string nameAndTag) => $"{Host}/{nameAndTag}";

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        response.Headers["Docker-Distribution-Api-Version"] = "registry/2.0";
        if (_authorization is not null && request.Headers.Authorization != _authorization)
        {
            response.StatusCode = 401;
            response.Headers.WWWAuthenticate = "Basic realm=\"tiny\"";
            await response.WriteAsync("""{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}""");
            return;
        }

        var path = request.Path.Value ?? "";
        if (path is "/v2/" or "/v2") return;
        if (path.IndexOf(Uploads, StringComparison.Ordinal) is > 0 and var upload) await UploadAsync(context, path[..upload], path[(upload + Uploads.Length)..]);
        else if (path.IndexOf(Blobs, StringComparison.Ordinal) is > 0 and var blob) await BlobAsync(context, path[(blob + Blobs.Length)..]);
        else if (path.IndexOf(Manifests, StringComparison.Ordinal) is > 0 and var manifest)
            await ManifestAsync(context, path["/v2/".Length..manifest], path[(manifest + Manifests.Length)..]);
        else response.StatusCode = 404;
    }

    private async Task UploadAsync(HttpContext context, string repository, string id)
    {
        var (request, response) = (context.Request, context.Response);
        if (id.Length == 0) _uploads[id = $"u{Interlocked.Increment(ref _uploadNumber)}"] = new MemoryStream();
        if (!_uploads.TryGetValue(id, out var body))
        {
            response.StatusCode = 404;
            return;
        }

        await request.Body.CopyToAsync(body);
        response.Headers.Location = $"{repository}{Uploads}{id}";
        response.Headers.Range = $"0-{Math.Max(0, body.Length - 1)}";
        response.StatusCode = 202;
        if (request.Method != "PUT") return;

        var digest = request.Query["digest"].ToString();
        _blobs[digest] = body.ToArray();
        _uploads.TryRemove(id, out _);
        response.Headers["Docker-Content-Digest"] = digest;
        response.StatusCode = _blobs[digest] is var bytes && Digest(bytes) == digest ? 201 : 400;
    }

    private async Task BlobAsync(HttpContext context, string digest)
    {
        if (_blobs.TryGetValue(digest, out var body)) await SendAsync(context, "application/octet-stream", digest, body);
        else context.Response.StatusCode = 404;
    }

    private async Task ManifestAsync(HttpContext context, string repository, string reference)
    {
        var (request, response) = (context.Request, context.Response);
        if (request.Method == "PUT")
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            var bytes = body.ToArray();
            _manifests[$"{repository}:{reference}"] = _manifests[$"{repository}:{Digest(bytes)}"] = (request.ContentType ?? "", bytes);
            response.Headers["Docker-Content-Digest"] = Digest(bytes);
            response.StatusCode = 201;
        }
        else if (_manifests.TryGetValue($"{repository}:{reference}", out var manifest))
        {
            await SendAsync(context, manifest.Type, Digest(manifest.Body), manifest.Body);
        }
        else
        {
            response.StatusCode = 404;
            response.ContentType = "application/json";
            await response.WriteAsync("""{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown","detail":"no such tag"}]}""");
        }
    }

    private static async Task SendAsync(HttpContext context, string type, string digest, byte[] body)
    {
        context.Response.ContentType = type;
        context.Response.ContentLength = body.Length;
        context.Response.Headers["Docker-Content-Digest"] = digest;
        if (context.Request.Method != "HEAD") await context.Response.Body.WriteAsync(body);
    }

    private static string Digest(byte[] bytes) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes));
}

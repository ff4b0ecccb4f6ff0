using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Kontena.Cli.Settings;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Api;

/// <summary>
/// Talks to one master over HTTP/1.1 (cli.md §6.4). Limits: 10 s to connect, 30 s for an answer (EXCON_CONNECT_TIMEOUT and
/// EXCON_READ_TIMEOUT change them), 64 MiB for a body.
/// </summary>
internal sealed class ApiClient : IDisposable
{
    private const int MaxBody = 64 << 20;
    private readonly HttpClient http;
    private readonly Uri root;
    private readonly MasterEntry master;

    public ApiClient(MasterEntry master, string? token, CliEnvironment environment)
    {
        this.master = master;
        root = ParseUrl(master.Url);
        Token = token;
        ReadTimeout = environment.Seconds("EXCON_READ_TIMEOUT", 30);
        var sockets = new SocketsHttpHandler
        {
            ConnectTimeout = environment.Seconds("EXCON_CONNECT_TIMEOUT", 10),
            AllowAutoRedirect = false,
            UseCookies = false,

            // Looking up the system's proxy costs time at every start; a proxy is asked for by variable.
            UseProxy = environment.Text("http_proxy") is not null || environment.Text("https_proxy") is not null
                || environment.Text("HTTPS_PROXY") is not null,
            AutomaticDecompression = System.Net.DecompressionMethods.GZip,

            // Traces of the client's own process are nobody's to read.
            ActivityHeadersPropagator = null,
        };
        if (root.IsLoopback) sockets.ConnectCallback = static (context, _) => LoopbackConnection.Open(context.DnsEndPoint);
        if (root.Scheme == Uri.UriSchemeHttps)
            sockets.SslOptions.RemoteCertificateValidationCallback = ServerTrust.For(root.Host, environment);
        http = new HttpClient(sockets) { Timeout = ReadTimeout, MaxResponseContentBufferSize = MaxBody };
    }

    public string? Token { get; }

    public string Url => master.Url;

    /// <summary>Longest silence of the server that is not a fault.</summary>
    public TimeSpan ReadTimeout { get; }

    /// <summary>The server's <c>X-Kontena-Version</c>, once anything was answered.</summary>
    public string? ServerVersion { get; private set; }

    /// <summary>The JSON body of a read.</summary>
    public Task<ReadOnlyMemory<byte>> GetAsync(string path, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, path, null, cancellationToken);

    public async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        Read(path, await GetAsync(path, cancellationToken), type);

    /// <summary>Null when the server says 404.</summary>
    public async Task<T?> FindAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await GetAsync(path, type, cancellationToken);
        }
        catch (ApiException error) when (error.Status == 404)
        {
            return null;
        }
    }

    public async Task<TAnswer> PostAsync<TBody, TAnswer>(
        string path, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<TAnswer> answerType, CancellationToken cancellationToken) =>
        Read(path, await SendAsync(HttpMethod.Post, path, JsonSerializer.SerializeToUtf8Bytes(body, bodyType), cancellationToken), answerType);

    /// <summary>The JSON body of an answer that is shown as it is.</summary>
    public Task<ReadOnlyMemory<byte>> PostForBodyAsync<TBody>(string path, TBody body, JsonTypeInfo<TBody> bodyType, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, path, JsonSerializer.SerializeToUtf8Bytes(body, bodyType), cancellationToken);

    public Task PostAsync<TBody>(string path, TBody body, JsonTypeInfo<TBody> bodyType, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, path, JsonSerializer.SerializeToUtf8Bytes(body, bodyType), cancellationToken);

    /// <summary>An action without parameters; the body is <c>{}</c>.</summary>
    public Task PostAsync(string path, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, path, "{}"u8.ToArray(), cancellationToken);

    public async Task<TAnswer> PostAsync<TAnswer>(string path, JsonTypeInfo<TAnswer> answerType, CancellationToken cancellationToken) =>
        Read(path, await SendAsync(HttpMethod.Post, path, "{}"u8.ToArray(), cancellationToken), answerType);

    public async Task<TAnswer> PutAsync<TBody, TAnswer>(
        string path, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<TAnswer> answerType, CancellationToken cancellationToken) =>
        Read(path, await SendAsync(HttpMethod.Put, path, JsonSerializer.SerializeToUtf8Bytes(body, bodyType), cancellationToken), answerType);

    public Task DeleteAsync(string path, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Delete, path, null, cancellationToken);

    public Task DeleteAsync<TBody>(string path, TBody body, JsonTypeInfo<TBody> bodyType, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Delete, path, JsonSerializer.SerializeToUtf8Bytes(body, bodyType), cancellationToken);

    /// <summary>A body that does not end by itself; dispose it to hang up.</summary>
    public async Task<Stream> OpenStreamAsync(string path, CancellationToken cancellationToken)
    {
        var response = Exchange(HttpMethod.Get, path, null, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            using (response) throw Refusal(response, path);
        }

        return await response.Content.ReadAsStreamAsync(cancellationToken);
    }

    public static T Read<T>(string path, ReadOnlyMemory<byte> body, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(body.Span, type)
                ?? throw new CliException($"The master answered {Shown(path)} with nothing where {typeof(T).Name} was expected");
        }
        catch (JsonException error)
        {
            throw new CliException(
                $"The master's answer to {Shown(path)} could not be read: {error.Message}",
                remedy: "Client and master may be of different versions: kontena version");
        }
    }

    /// <summary>The address of a websocket of this master.</summary>
    public Uri WebSocketUri(string path)
    {
        var builder = new UriBuilder(new Uri(root, $"v1/{path}")) { Scheme = root.Scheme == Uri.UriSchemeHttps ? "wss" : "ws" };
        return builder.Uri;
    }

    public MasterAwayException Unreachable(Exception error) => new(
        $"Cannot reach the Kontena Master at {master.Url}: {Cause(error)}",
        remedy: "Check that it runs (infra/up starts one here), or choose another: kontena master use NAME");

    public void Dispose() => http.Dispose();

    /// <summary>
    /// Blocks while it waits: a client does one thing at a time, and ready-to-run code has no asynchronous builders over our own
    /// state machines, so that an asynchronous exchange would spend more time compiling than talking.
    /// </summary>
    private Task<ReadOnlyMemory<byte>> SendAsync(HttpMethod method, string path, byte[]? body, CancellationToken cancellationToken)
    {
        try
        {
            using var response = Exchange(method, path, body, HttpCompletionOption.ResponseContentRead, cancellationToken);
            if (!response.IsSuccessStatusCode) throw Refusal(response, path);
            return Task.FromResult<ReadOnlyMemory<byte>>(Body(response));
        }
        catch (Exception error)
        {
            return Task.FromException<ReadOnlyMemory<byte>>(error);
        }
    }

    private HttpResponseMessage Exchange(
        HttpMethod method, string path, byte[]? body, HttpCompletionOption completion, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(method, new Uri(root, path.StartsWith('/') ? path[1..] : $"v1/{path}"));
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        request.Headers.TryAddWithoutValidation("User-Agent", $"kontena-cli/{CliVersion.Text}");
        if (Token is not null && !path.StartsWith('/')) request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {Token}");
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        try
        {
            var response = http.Send(request, completion, cancellationToken);
            if (response.Headers.TryGetValues("X-Kontena-Version", out var versions)) ServerVersion = versions.FirstOrDefault();
            return response;
        }
        catch (HttpRequestException error) when (error.InnerException is AuthenticationException)
        {
            throw new CliException(
                $"The certificate of {master.Url} is not trusted: {error.InnerException.Message}",
                remedy: $"Put its CA into ~/.kontena/certs/{root.Host}.pem, or set SSL_CERT_DIR, or SSL_IGNORE_ERRORS=true");
        }
        catch (HttpRequestException error)
        {
            throw Unreachable(error);
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new MasterAwayException(
                $"The Kontena Master at {master.Url} did not answer {method} {Shown(path)} in {ReadTimeout.TotalSeconds:0} s ({error.InnerException?.Message ?? "timed out"})",
                remedy: "It may still do what was asked; look before trying again. EXCON_READ_TIMEOUT=SECONDS waits longer.");
        }
    }

    private static byte[] Body(HttpResponseMessage response)
    {
        using var body = new MemoryStream();
        using var content = response.Content.ReadAsStream();
        content.CopyTo(body);
        return body.ToArray();
    }

    private static ApiException Refusal(HttpResponseMessage response, string path)
    {
        var body = Body(response);
        var json = response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) == true;
        var reason = response.ReasonPhrase is { Length: > 0 } phrase ? phrase : response.StatusCode.ToString();
        return ApiErrors.From((int)response.StatusCode, reason, Shown(path), body, json);
    }

    private static string Shown(string path)
    {
        var query = path.IndexOf('?', StringComparison.Ordinal);
        var bare = query < 0 ? path : path[..query];
        return bare.StartsWith('/') ? bare : $"/v1/{bare}";
    }

    private static string Cause(Exception error)
    {
        for (var cause = error; cause is not null; cause = cause.InnerException)
        {
            if (cause is SocketException socket)
            {
                return socket.SocketErrorCode switch
                {
                    SocketError.ConnectionRefused => "connection refused",
                    SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => "unknown host name",
                    SocketError.TimedOut => "timed out",
                    _ => socket.Message,
                };
            }
        }

        return error.InnerException?.Message ?? error.Message;
    }

    private static Uri ParseUrl(string url) =>
        Uri.TryCreate(url.TrimEnd('/') + "/", UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? uri
            : throw new CliException($"Invalid master URL '{url}': expected something like http://localhost:9292");
}

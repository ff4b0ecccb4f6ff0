using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Kontena.Docker.Wire;

namespace Kontena.Docker.Transport;

/// <summary>HTTP to one engine: connections, the API version, deadlines, and errors in the engine's own words.</summary>
internal sealed class EngineTransport : IDisposable
{
    private const long MaxAnswer = 64 * 1024 * 1024;
    private const int MaxErrorBody = 64 * 1024;

    // Streams (logs, events, pulls) hold a connection each for as long as they last. They have a pool of their own,
    // so that a thousand followed logs never make a stop wait (design law 8).
    private const int MaxOrderConnections = 128;
    private const int MaxStreamConnections = 4096;

    private readonly EngineConnector _connector;
    private readonly TimeProvider _time;
    private readonly HttpClient _orders;
    private readonly HttpClient _streams;
    private readonly SemaphoreSlim _negotiating = new(1, 1);
    private volatile string? _version;

    public EngineTransport(EngineAddress address, TimeProvider time)
    {
        _time = time;
        _connector = new EngineConnector(address);
        _orders = NewClient(MaxOrderConnections);
        _streams = NewClient(MaxStreamConnections);
    }

    public EngineAddress Address => _connector.Address;

    public EngineConnector Connector => _connector;

    public TimeProvider Time => _time;

    /// <summary>Runs the call and reads its answer as JSON.</summary>
    public async Task<T> ReadAsync<T>(EngineCall call, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        var (_, answer) = await RunAsync(call, (response, token) => ParseAsync(response, call, type, token), cancellationToken);
        return answer ?? throw new EngineException(502, $"The engine answered {call} with nothing.");
    }

    /// <summary>Like <see cref="ReadAsync"/>, with null for 404.</summary>
    public async Task<T?> FindAsync<T>(EngineCall call, JsonTypeInfo<T> type, CancellationToken cancellationToken) where T : class
    {
        var (status, answer) = await RunAsync(
            call with { Accepts = [404] },
            async (response, token) => response.StatusCode == HttpStatusCode.NotFound ? null : await ParseAsync(response, call, type, token),
            cancellationToken);
        return status == 404 ? null : answer ?? throw new EngineException(502, $"The engine answered {call} with nothing.");
    }

    /// <summary>Runs a call whose answer does not matter; returns the status.</summary>
    public async Task<int> DoAsync(EngineCall call, CancellationToken cancellationToken)
    {
        var (status, _) = await RunAsync(call, static (_, _) => Task.FromResult<object?>(null), cancellationToken);
        return status;
    }

    /// <summary>Runs a call that answers with a stream. The deadline covers the time until the stream begins.</summary>
    public async Task<EngineStream> OpenAsync(EngineCall call, CancellationToken cancellationToken)
    {
        var response = await SendAsync(_streams, call, cancellationToken);
        try
        {
            return new EngineStream(response, await response.Content.ReadAsStreamAsync(cancellationToken), this, call.ToString());
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    /// <summary>A message with the negotiated version in its address, for a client of the caller's own.</summary>
    public async Task<HttpRequestMessage> NewRequestAsync(EngineCall call, CancellationToken cancellationToken) =>
        NewRequest(call, await VersionAsync(cancellationToken));

    /// <summary>Throws what the engine says if the status is neither 2xx nor accepted by the call.</summary>
    public async Task ThrowIfErrorAsync(HttpResponseMessage response, EngineCall call, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        if (status is >= 200 and < 300 or 101 || call.Accepts.Contains(status)) return;

        var sentence = await ReadSentenceAsync(response, cancellationToken);
        // An engine upgraded under our feet may refuse the version agreed before: agree again at the next call.
        if (status == 400 && sentence.Contains("client version", StringComparison.Ordinal)) _version = null;
        throw new EngineException(status, sentence);
    }

    public void Dispose()
    {
        _orders.Dispose();
        _streams.Dispose();
        _connector.Dispose();
        _negotiating.Dispose();
    }

    private async Task<(int Status, T? Answer)> RunAsync<T>(
        EngineCall call, Func<HttpResponseMessage, CancellationToken, Task<T?>> read, CancellationToken cancellationToken)
    {
        var version = await VersionAsync(cancellationToken);
        using var deadline = new Deadline(_time, call.Deadline, cancellationToken);
        try
        {
            using var request = NewRequest(call, version);
            using var response = await _orders.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            await ThrowIfErrorAsync(response, call, deadline.Token);
            return ((int)response.StatusCode, await read(response, deadline.Token));
        }
        catch (Exception e) when (Translate(e, call.ToString(), deadline) is { } better)
        {
            throw better;
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpClient client, EngineCall call, CancellationToken cancellationToken)
    {
        var version = await VersionAsync(cancellationToken);
        using var deadline = new Deadline(_time, call.Deadline, cancellationToken);
        HttpResponseMessage? response = null;
        try
        {
            using var request = NewRequest(call, version);
            response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            await ThrowIfErrorAsync(response, call, deadline.Token);
            return response;
        }
        catch (Exception e)
        {
            response?.Dispose();
            if (Translate(e, call.ToString(), deadline) is { } better) throw better;
            throw;
        }
    }

    /// <summary>The exception a caller should see, or null when this one says it already.</summary>
    internal Exception? Translate(Exception e, string call, Deadline deadline) => e switch
    {
        EngineException or EngineUnavailableException => null,
        OperationCanceledException when deadline.Passed => EngineFailure.TooSlow(Address, call, deadline.Span, e),
        OperationCanceledException => null,
        HttpRequestException { InnerException: EngineUnavailableException inner } => inner,
        HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded } or IOException => EngineFailure.Broken(Address, call, e),
        HttpRequestException { InnerException: IOException and not HttpIOException } => EngineFailure.Broken(Address, call, e),
        HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded } =>
            new EngineException(502, $"What answered {call} at {Address} does not speak HTTP as a Docker Engine does."),
        HttpRequestException => EngineFailure.Unreachable(Address, e),
        JsonException => new EngineException(502, $"The engine's answer to {call} could not be read: {e.Message}"),
        _ => null,
    };

    private async Task<string> VersionAsync(CancellationToken cancellationToken)
    {
        if (_version is { } known) return known;
        await _negotiating.WaitAsync(cancellationToken);
        try
        {
            if (_version is { } agreed) return agreed;
            var call = EngineCall.Get("/version");
            using var deadline = new Deadline(_time, call.Deadline, cancellationToken);
            try
            {
                using var request = NewRequest(call, version: null);
                using var response = await _orders.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
                await ThrowIfErrorAsync(response, call, deadline.Token);
                var answer = await ParseAsync(response, call, EngineJson.Default.WireVersion, deadline.Token);
                return _version = ApiVersion.Choose(answer?.ApiVersion, answer?.MinAPIVersion, answer?.Version ?? "").ToString();
            }
            catch (Exception e) when (Translate(e, call.ToString(), deadline) is { } better)
            {
                throw better;
            }
        }
        finally
        {
            _negotiating.Release();
        }
    }

    private static HttpRequestMessage NewRequest(EngineCall call, string? version)
    {
        var request = new HttpRequestMessage(call.Method, version is null ? call.Path : $"/v{version}{call.Path}")
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = call.Body?.Invoke(),
        };
        if (call.RegistryAuth is not null) request.Headers.TryAddWithoutValidation("X-Registry-Auth", call.RegistryAuth);
        return request;
    }

    private HttpClient NewClient(int connections)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellationToken) => (await _connector.ConnectAsync(cancellationToken)).Stream,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            MaxConnectionsPerServer = connections,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
        };
        var client = new HttpClient(handler) { BaseAddress = new Uri("http://docker/"), Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("kontena", "1"));
        return client;
    }

    private static async Task<T?> ParseAsync<T>(HttpResponseMessage response, EngineCall call, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        await using var body = new BoundedStream(await response.Content.ReadAsStreamAsync(cancellationToken), MaxAnswer, call.ToString());
        return await JsonSerializer.DeserializeAsync(body, type, cancellationToken);
    }

    /// <summary>The engine's <c>message</c>; else the body's text; else the status in words.</summary>
    private static async Task<string> ReadSentenceAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var fallback = $"The engine answered {(int)response.StatusCode} {response.ReasonPhrase}.";
        var buffer = new byte[MaxErrorBody];
        var length = 0;
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        while (length < buffer.Length && await body.ReadAsync(buffer.AsMemory(length), cancellationToken) is > 0 and var read) length += read;
        if (length == 0) return fallback;
        try
        {
            var error = JsonSerializer.Deserialize(buffer.AsSpan(0, length), EngineJson.Default.WireError);
            return error?.Message is { Length: > 0 } message ? message.Trim() : fallback;
        }
        catch (JsonException)
        {
            var text = Encoding.UTF8.GetString(buffer, 0, Math.Min(length, 1000)).Trim();
            return text.Length > 0 ? text : fallback;
        }
    }
}

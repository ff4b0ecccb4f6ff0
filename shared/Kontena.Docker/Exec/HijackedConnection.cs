using System.Net.Http.Headers;
using Kontena.Docker.Transport;

namespace Kontena.Docker.Exec;

/// <summary>
/// A connection that stops being HTTP after the answer and carries bytes both ways. It has a handler of its own, because
/// ending our half (end-of-file for the process) needs the socket below, and a shared pool would hide it.
/// </summary>
internal sealed class HijackedConnection : IAsyncDisposable
{
    private readonly HttpClient _client;
    private readonly EngineConnection _connection;
    private readonly EngineStream _stream;

    private HijackedConnection(HttpClient client, EngineConnection connection, EngineStream stream) =>
        (_client, _connection, _stream) = (client, connection, stream);

    public EngineStream Stream => _stream;

    public static async Task<HijackedConnection> OpenAsync(EngineTransport transport, EngineCall call, CancellationToken cancellationToken)
    {
        using var request = await transport.NewRequestAsync(call, cancellationToken);
        using var deadline = new Deadline(transport.Time, call.Deadline, cancellationToken);
        request.Headers.Connection.Add("Upgrade");
        request.Headers.Upgrade.Add(new ProductHeaderValue("tcp"));

        EngineConnection? connection = null;
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, token) => (connection = await transport.Connector.ConnectAsync(token)).Stream,
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
        };
        var client = new HttpClient(handler) { BaseAddress = new Uri("http://docker/"), Timeout = Timeout.InfiniteTimeSpan };
        HttpResponseMessage? response = null;
        try
        {
            response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            await transport.ThrowIfErrorAsync(response, call, deadline.Token);
            if ((int)response.StatusCode != 101)
                throw new EngineException(502, $"The engine answered {call} with {(int)response.StatusCode} and not with a two-way stream (101).");
            var stream = await response.Content.ReadAsStreamAsync(deadline.Token);
            return new HijackedConnection(client, connection!, new EngineStream(response, stream, transport, call.ToString()));
        }
        catch (Exception e)
        {
            response?.Dispose();
            client.Dispose();
            if (transport.Translate(e, call.ToString(), deadline) is { } better) throw better;
            throw;
        }
    }

    public Task EndOutputAsync(CancellationToken cancellationToken) => _connection.EndOutputAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _client.Dispose();
    }
}

namespace Kontena.Docker.Tests.Wire;

/// <summary>A client against a <see cref="WireServer"/>: what it sends, and what it makes of any answer.</summary>
public abstract class WireTest : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _servers = [];
    private readonly List<IDisposable> _clients = [];

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private protected (WireServer Server, DockerEngineClient Client) Start(Func<WireRequest, WireAnswer?> answer, TimeProvider? time = null)
    {
        var server = new WireServer(answer);
        var client = server.Client(time);
        _servers.Add(server);
        _clients.Add(client);
        return (server, client);
    }

    private protected DockerEngineClient Answering(WireAnswer answer, TimeProvider? time = null) =>
        Start(request => request.Path == "/version" ? null : answer, time).Client;

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients) client.Dispose();
        foreach (var server in _servers) await server.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}

using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace Kontena.Bench;

/// <summary>Docker Swarm on the same engine: the peer. Only what a service of N replicas needs.</summary>
internal sealed class SwarmClient : IDisposable
{
    private readonly HttpClient _http;

    public SwarmClient(string socketPath)
    {
        _http = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        })
        {
            BaseAddress = new Uri("http://docker/v1.41/"),
            Timeout = TimeSpan.FromSeconds(60),
        };
    }

    public async Task<bool> TryInitAsync(CancellationToken cancellationToken)
    {
        var body = new JsonObject { ["ListenAddr"] = "127.0.0.1:2377", ["AdvertiseAddr"] = "127.0.0.1" };
        using var response = await _http.PostAsJsonAsync("swarm/init", body, cancellationToken);
        return response.IsSuccessStatusCode;
    }

    public Task LeaveAsync(CancellationToken cancellationToken) => _http.PostAsync("swarm/leave?force=true", null, cancellationToken);

    public async Task CreateServiceAsync(string name, string image, int replicas, CancellationToken cancellationToken)
    {
        var body = new JsonObject
        {
            ["Name"] = name,
            ["TaskTemplate"] = new JsonObject
            {
                ["ContainerSpec"] = new JsonObject { ["Image"] = image, ["Labels"] = new JsonObject { [DeployBench.Label] = name } },
            },
            ["Mode"] = new JsonObject { ["Replicated"] = new JsonObject { ["Replicas"] = replicas } },
        };
        using var response = await _http.PostAsJsonAsync("services/create", body, cancellationToken);
        if (!response.IsSuccessStatusCode)
            throw new InvalidOperationException(await response.Content.ReadAsStringAsync(cancellationToken));
    }

    public Task RemoveServiceAsync(string name, CancellationToken cancellationToken) =>
        _http.DeleteAsync($"services/{name}", cancellationToken);

    public void Dispose() => _http.Dispose();
}

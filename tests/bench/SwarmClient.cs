using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace Kontena.Bench;

/// <summary>Docker Swarm on the same engine: the peer. Only what a service of N replicas needs.</summary>
internal sealed class SwarmClient : IDisposable
{
    /// <summary>A bridge with names on each machine, as ours and the floor's is: the engine's default bridge, where tasks are otherwise, costs it less.</summary>
    private const string Network = "kontena-bench-swarm";
    private const string NetworkConfig = "kontena-bench-swarm-config";

    /// <summary>Room for a thousand containers; the same on every machine, as nothing is routed between them.</summary>
    private const string Subnet = "10.87.0.0/22";

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

    /// <summary>A swarm of several machines begins here.</summary>
    public Task InitAsync(string address, CancellationToken cancellationToken) =>
        MustAsync(HttpMethod.Post, "swarm/init", new JsonObject { ["ListenAddr"] = $"{address}:2377", ["AdvertiseAddr"] = address }, cancellationToken);

    public async Task<string> WorkerTokenAsync(CancellationToken cancellationToken) =>
        (await MustAsync(HttpMethod.Get, "swarm", null, cancellationToken))!["JoinTokens"]!["Worker"]!.GetValue<string>();

    public Task JoinAsync(string address, string manager, string token, CancellationToken cancellationToken) =>
        MustAsync(HttpMethod.Post, "swarm/join", new JsonObject
        {
            ["ListenAddr"] = $"{address}:2377", ["AdvertiseAddr"] = address, ["RemoteAddrs"] = new JsonArray($"{manager}:2377"), ["JoinToken"] = token,
        }, cancellationToken);

    /// <summary>What the network is on this machine; before it gets tasks.</summary>
    public Task ConfigureNetworkAsync(CancellationToken cancellationToken) => MustAsync(HttpMethod.Post, "networks/create", new JsonObject
    {
        ["Name"] = NetworkConfig, ["ConfigOnly"] = true, ["IPAM"] = new JsonObject { ["Config"] = new JsonArray(new JsonObject { ["Subnet"] = Subnet }) },
    }, cancellationToken);

    /// <summary>The network of all services; once, on a manager.</summary>
    public Task CreateNetworkAsync(CancellationToken cancellationToken) => MustAsync(HttpMethod.Post, "networks/create", new JsonObject
    {
        ["Name"] = Network, ["Driver"] = "bridge", ["Scope"] = "swarm", ["ConfigFrom"] = new JsonObject { ["Network"] = NetworkConfig },
    }, cancellationToken);

    /// <summary>After the machine has left the swarm.</summary>
    public Task ForgetNetworkAsync(CancellationToken cancellationToken) => MustAsync(HttpMethod.Delete, $"networks/{NetworkConfig}", null, cancellationToken);

    /// <summary>Replaces every task, so many at once, each stopped before its successor starts: what ours does.</summary>
    public Task RollAsync(string name, int atOnce, CancellationToken cancellationToken) => UpdateAsync(name, spec =>
    {
        spec["TaskTemplate"]!["ForceUpdate"] = 1;
        spec["UpdateConfig"] = new JsonObject { ["Parallelism"] = atOnce, ["Order"] = "stop-first" };
    }, cancellationToken);

    public Task ScaleAsync(string name, int replicas, CancellationToken cancellationToken) =>
        UpdateAsync(name, spec => spec["Mode"]!["Replicated"]!["Replicas"] = replicas, cancellationToken);

    /// <summary>Waits until so many machines are ready again.</summary>
    public async Task UntilReadyAsync(int nodes, TimeProvider time, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < 300; attempt++)
        {
            var all = (await MustAsync(HttpMethod.Get, "nodes", null, cancellationToken))!.AsArray();
            if (all.Count(node => node!["Status"]!["State"]!.GetValue<string>() == "ready") == nodes)
                return;
            await Task.Delay(TimeSpan.FromMilliseconds(200), time, cancellationToken);
        }

        throw new TimeoutException($"Swarm has not {nodes} ready machines after a minute");
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
                ["Networks"] = new JsonArray(new JsonObject { ["Target"] = Network }),
            },
            ["Mode"] = new JsonObject { ["Replicated"] = new JsonObject { ["Replicas"] = replicas } },
        };
        using var response = await _http.PostAsJsonAsync("services/create", body, cancellationToken);
        if (!response.IsSuccessStatusCode)
            throw new InvalidOperationException(await response.Content.ReadAsStringAsync(cancellationToken));
    }

    public Task RemoveServiceAsync(string name, CancellationToken cancellationToken) =>
        _http.DeleteAsync($"services/{name}", cancellationToken);

    private async Task UpdateAsync(string name, Action<JsonObject> change, CancellationToken cancellationToken)
    {
        var service = (await MustAsync(HttpMethod.Get, $"services/{name}", null, cancellationToken))!;
        var spec = service["Spec"]!.DeepClone().AsObject();
        change(spec);
        await MustAsync(HttpMethod.Post, $"services/{name}/update?version={service["Version"]!["Index"]}", spec, cancellationToken);
    }

    private async Task<JsonNode?> MustAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = JsonContent.Create(body);
        using var response = await _http.SendAsync(request, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        if (!response.IsSuccessStatusCode)
            throw new InvalidOperationException($"{method} {path}: {(int)response.StatusCode} {text}");
        return text.Length == 0 ? null : JsonNode.Parse(text);
    }

    public void Dispose() => _http.Dispose();
}

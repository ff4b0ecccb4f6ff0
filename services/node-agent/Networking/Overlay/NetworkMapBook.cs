using System.Text.Json;
using Kontena.Contracts.Networking;
using Kontena.Core.Files;
using Kontena.NodeAgent.Files;
using Kontena.NodeAgent.Registration;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Networking.Overlay;

/// <summary>The newest map of the grid's network; on disk, so that the overlay comes up after a reboot though everything above the agent is away.</summary>
internal sealed class NetworkMapBook : IDisposable
{
    private readonly string _file;
    private readonly NodeMembership _membership;
    private readonly ILogger<NetworkMapBook> _logger;
    private readonly Signal _changed = new();
    private readonly SemaphoreSlim _writing = new(1, 1);
    private volatile NetworkMap? _map;

    public NetworkMapBook(NodeAgentOptions options, NodeMembership membership, ILogger<NetworkMapBook> logger)
    {
        (_membership, _logger) = (membership, logger);
        DurableFile.MakeDirectory(options.DataDirectory);
        _file = Path.Combine(options.DataDirectory, "network.json");
        _map = Read();
    }

    /// <summary>Null before the first, and when it is that of a grid this node is not in.</summary>
    public NetworkMap? Current => _map is { } map && _membership.Current?.Grid == map.Grid ? map : null;

    /// <summary>This node in it; null when it is not there, or has another number by now.</summary>
    public NetworkPeer? Self => _membership.Current is { } joined ? Current?.Nodes.FirstOrDefault(node => node.Number == joined.Number && node.Name == joined.Node) : null;

    /// <summary>Of the map there is; 0 without one.</summary>
    public long Revision => Current?.Revision ?? 0;

    /// <summary>Takes a map that is newer than what there is, and leaves any other.</summary>
    public async Task TakeAsync(NetworkMap map, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            if (_map is { } known && known.Grid == map.Grid && known.Revision >= map.Revision)
                return;
            await DurableFile.WriteAsync(_file, JsonSerializer.SerializeToUtf8Bytes(map, AgentJson.Default.NetworkMap), cancellationToken);
            _map = map;
            _logger.LogInformation("The network of grid {Grid} is that of revision {Revision}: {Count} nodes, driver {Driver}", map.Grid, map.Revision, map.Nodes.Count, map.Driver);
        }
        finally
        {
            _writing.Release();
        }

        _changed.Set();
    }

    /// <summary>Until a new map has come, now or since the last call. For one reader.</summary>
    public Task ChangedAsync(CancellationToken cancellationToken) => _changed.WaitAsync(cancellationToken);

    public void Dispose() => _writing.Dispose();

    private NetworkMap? Read()
    {
        try
        {
            return File.Exists(_file) ? JsonSerializer.Deserialize(File.ReadAllBytes(_file), AgentJson.Default.NetworkMap) : null;
        }
        catch (JsonException)
        {
            _logger.LogWarning("{File} can't be read; the map of the network is asked for anew", _file);
            return null;
        }
    }
}

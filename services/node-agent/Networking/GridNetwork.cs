using Kontena.Docker;
using Kontena.NodeAgent.Networking.Overlay;
using Kontena.NodeAgent.Registration;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Networking;

/// <summary>The grid's network as the engine has it.</summary>
/// <param name="Bridge">Its interface on the host; null when it is no bridge.</param>
internal sealed record SeenNetwork(string? Bridge, string Subnet, string Gateway);

/// <summary>The bridge of the grid on this node, <c>kontena-GRID</c>, with the block of addresses the node was given (design §7).</summary>
/// <remarks>
/// Addresses are given by the engine, within the block: it knows which containers are there, takes an address back when its container stops, and may give
/// it to the next one that starts.
/// </remarks>
internal sealed class GridNetwork(IContainerEngine engine, NodeMembership membership, NetworkMapBook book, TimeProvider time, ILogger<GridNetwork> logger) : IDisposable
{
    private const string BridgeName = "com.docker.network.bridge.name";
    private readonly SemaphoreSlim _guard = new(1, 1);
    private volatile string? _ensured;

    /// <summary>Whoever could not start for want of an address tries again within half of it; after that nobody wants one.</summary>
    private static readonly TimeSpan FullFor = TimeSpan.FromMinutes(1);
    private long _fullAt;

    public static string NameOf(string grid) => $"kontena-{grid}";

    /// <summary>The network as last looked at; null before <see cref="EnsureAsync"/>.</summary>
    public SeenNetwork? Seen { get; private set; }

    /// <summary>Asks the engine the first time, and again after <see cref="Forget"/>.</summary>
    public async Task EnsureAsync(string grid, CancellationToken cancellationToken)
    {
        if (_ensured == grid)
            return;
        await _guard.WaitAsync(cancellationToken);
        try
        {
            if (_ensured == grid)
                return;
            await MakeAsync(grid, cancellationToken);
            _ensured = grid;
        }
        finally
        {
            _guard.Release();
        }
    }

    /// <summary>Someone removed it, or the engine is another one now.</summary>
    public void Forget() => _ensured = null;

    /// <summary>That a container was refused an address a moment ago; nothing once one has got it.</summary>
    public IReadOnlyList<string> Troubles =>
        Interlocked.Read(ref _fullAt) is not 0 and var at && time.GetElapsedTime(at) < FullFor
            ? [$"no address is left in {(Seen?.Subnet is { } subnet ? $"this node's block {subnet}" : "this node's block")}: nothing starts here until containers go. How many fit a node is given when the grid is created (--block-prefix)"]
            : [];

    /// <summary>The engine had no address for a container.</summary>
    public void NoteFull()
    {
        if (Troubles.Count == 0)
            logger.LogWarning("No address is left in the block {Subnet} of this node", Seen?.Subnet);
        Interlocked.Exchange(ref _fullAt, time.GetTimestamp());
    }

    /// <summary>A container got an address.</summary>
    public void NoteRoom() => Interlocked.Exchange(ref _fullAt, 0);

    public void Dispose() => _guard.Dispose();

    private async Task MakeAsync(string grid, CancellationToken cancellationToken)
    {
        var name = NameOf(grid);
        var subnet = membership.Current is { } joined && joined.Grid == grid ? joined.NodeSubnet : null;
        if (await engine.InspectNetworkAsync(name, cancellationToken) is { } there)
        {
            // Containers hang on it, so it is not replaced under them.
            if (subnet is not null && there.Subnet != subnet)
                logger.LogWarning("Network {Network} has subnet {Actual}, not {Wanted}; it is used as it is", name, there.Subnet, subnet);
            Seen = SeenOf(there);
            return;
        }

        var labels = new Dictionary<string, string>
        {
            [Instances.ManagedLabels.GridName] = grid,
            ["io.kontena.network"] = name,
        };
        var config = new NetworkConfig
        {
            Name = name, Subnet = subnet, Gateway = subnet is null ? null : FirstAddress(subnet), Labels = labels, Options = Options(grid),
        };
        try
        {
            await engine.CreateNetworkAsync(config, cancellationToken);
        }
        catch (EngineException error) when (error.Status == 409 || error.Message.Contains("already exists", StringComparison.Ordinal))
        {
            // Made by another agent run in the same moment.
        }
        catch (EngineException error) when (subnet is not null)
        {
            logger.LogWarning(
                "Network {Network} can't have subnet {Subnet} ({Reason}); the engine chooses one. Free the addresses on this machine to use the grid's",
                name, subnet, error.Message);
            await engine.CreateNetworkAsync(config with { Subnet = null, Gateway = null }, cancellationToken);
        }

        if (await engine.InspectNetworkAsync(name, cancellationToken) is { } made)
            Seen = SeenOf(made);
    }

    /// <summary>The interface has a name of ours; packets are as long as the way to other nodes lets them be. Sources of packets that stay in the grid are kept by rules
    /// of ours that go before the engine's (decision 0036), so that an agent without the right to make them changes nothing.</summary>
    private Dictionary<string, string> Options(string grid)
    {
        var options = new Dictionary<string, string> { [BridgeName] = OverlayNames.Of(grid).Bridge };
        if (book.Current is { } map && map.Grid == grid && map.Nodes.Count > 0 && book.Self is { } self && self.Network is { Administers: true })
            options["com.docker.network.driver.mtu"] = OverlayPlanner.ContainerMtu(map, self).ToString(System.Globalization.CultureInfo.InvariantCulture);
        return options;
    }

    /// <summary>An older network has the name the engine gave its interface.</summary>
    private static SeenNetwork? SeenOf(NetworkDetails network) =>
        network.Subnet is null ? null : new SeenNetwork(
            network.Options.GetValueOrDefault(BridgeName) ?? (network.Id.Length >= 12 ? $"br-{network.Id[..12]}" : null), network.Subnet, network.Gateway ?? FirstAddress(network.Subnet));

    /// <summary>The gateway of a block: its first address after the network's own.</summary>
    internal static string FirstAddress(string subnet)
    {
        var bytes = System.Net.IPNetwork.Parse(subnet).BaseAddress.GetAddressBytes();
        bytes[^1]++;
        return new System.Net.IPAddress(bytes).ToString();
    }
}

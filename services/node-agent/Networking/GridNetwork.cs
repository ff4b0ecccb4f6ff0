using Kontena.Docker;
using Kontena.NodeAgent.Registration;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Networking;

/// <summary>The bridge of the grid on this node, <c>kontena-GRID</c>, with the block of addresses the node was given (design §7).</summary>
internal sealed class GridNetwork(IContainerEngine engine, NodeMembership membership, ILogger<GridNetwork> logger) : IDisposable
{
    private readonly SemaphoreSlim _guard = new(1, 1);
    private volatile string? _ensured;

    public static string NameOf(string grid) => $"kontena-{grid}";

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
            return;
        }

        var labels = new Dictionary<string, string>
        {
            [Instances.ManagedLabels.GridName] = grid,
            ["io.kontena.network"] = name,
        };
        var config = new NetworkConfig { Name = name, Subnet = subnet, Gateway = subnet is null ? null : FirstAddress(subnet), Labels = labels };
        try
        {
            await engine.CreateNetworkAsync(config, cancellationToken);
        }
        catch (EngineException error) when (error.Status == 409 || error.Message.Contains("already exists", StringComparison.Ordinal))
        {
            return; // Made by another agent run in the same moment.
        }
        catch (EngineException error) when (subnet is not null)
        {
            logger.LogWarning(
                "Network {Network} can't have subnet {Subnet} ({Reason}); the engine chooses one. Free the addresses on this machine to use the grid's",
                name, subnet, error.Message);
            await engine.CreateNetworkAsync(config with { Subnet = null, Gateway = null }, cancellationToken);
        }
    }

    /// <summary>The gateway of a block: its first address after the network's own.</summary>
    internal static string FirstAddress(string subnet)
    {
        var bytes = System.Net.IPNetwork.Parse(subnet).BaseAddress.GetAddressBytes();
        bytes[^1]++;
        return new System.Net.IPAddress(bytes).ToString();
    }
}

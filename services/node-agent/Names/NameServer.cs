using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Kontena.Docker;
using Kontena.NodeAgent.Names.Wire;
using Kontena.NodeAgent.Networking;
using Kontena.NodeAgent.Registration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Names;

/// <summary>Answers the names of the grid on the gateway of its bridge, UDP and TCP port 53, and asks the machine's own name servers for all others.</summary>
/// <remarks>The address is there when the network is. Should it go and come back with the engine, the sockets stay; should it become another, they are opened anew.</remarks>
internal sealed class NameServer(
    NamesBoard names, NameForwarder forwarder, IContainerEngine engine, NodeMembership membership, KeptSockets kept, NodeAgentOptions options, TimeProvider time, ILogger<NameServer> logger)
    : BackgroundService
{
    /// <summary>Whoever makes a container has it look at once; this is for a start with containers, and for a network that was made anew.</summary>
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _guard = new(1, 1);
    private volatile NameSockets? _open;
    private volatile string? _trouble;

    /// <summary>Where containers find it; null while it does not listen.</summary>
    public IPAddress? Address => _open?.Address;

    /// <summary>Why it does not listen though there is a network; nothing when it does, or is not meant to.</summary>
    public IReadOnlyList<string> Troubles => _trouble is { } trouble ? [trouble] : [];

    /// <summary>Containers were made without this server, and have names of the engine only. As of the last look at all containers.</summary>
    public bool EngineAnswersSome { get; set; }

    /// <summary>Listens on the gateway of the grid's network, if there is one and it does not yet.</summary>
    public async Task ListenAsync(string grid, CancellationToken cancellationToken)
    {
        if (!options.AnswersNames || _open is not null)
            return;
        await LookAsync(grid, cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.AnswersNames)
        {
            kept.GiveUp();
            return;
        }

        using var timer = new PeriodicTimer(Every, time);
        do
        {
            if (membership.Current is not { } joined)
                continue;
            try
            {
                await LookAsync(joined.Grid, stoppingToken);
            }
            catch (Exception error) when (error is EngineException or EngineUnavailableException)
            {
                // The engine's affair, and told of elsewhere; what is open goes on answering.
                logger.LogDebug("The network can't be looked at: {Reason}", error.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    public override void Dispose()
    {
        base.Dispose();
        // To close one for good also ends what others have of it; at the end of a process it is simply let go.
        if (!kept.IsKept)
            _open?.Dispose();
        _guard.Dispose();
    }

    private async Task LookAsync(string grid, CancellationToken cancellationToken)
    {
        await _guard.WaitAsync(cancellationToken);
        try
        {
            var network = await engine.InspectNetworkAsync(GridNetwork.NameOf(grid), cancellationToken);
            if (network is null || !IPAddress.TryParse(GatewayOf(network), out var gateway) || gateway.AddressFamily != AddressFamily.InterNetwork)
                return;
            var block = IPNetwork.TryParse(membership.Current?.GridSubnet, out var whole) ? whole : (IPNetwork?)null;
            var bridge = IPNetwork.TryParse(network.Subnet, out var subnet) ? subnet : (IPNetwork?)null;
            if (_open is { } open && open.Address.Equals(gateway) && open.Block == block)
                return;
            if (_open is { } same && same.Address.Equals(gateway))
            {
                same.AnswerWith(AnswersOf(gateway, block, bridge), block);
                return;
            }

            // What was kept of another address would hold the questions of nobody.
            if (_open is { } other)
            {
                kept.Drop(NameSockets.KeptDatagrams);
                kept.Drop(NameSockets.KeptStreams);
                other.Dispose();
            }

            _open = null;
            Open(gateway, block, bridge);
        }
        finally
        {
            _guard.Release();
        }
    }

    private static IEnumerable<IPAddress> OwnAddresses() => NetworkInterface.GetAllNetworkInterfaces()
        .SelectMany(card => card.GetIPProperties().UnicastAddresses).Select(one => one.Address).Where(address => address.AddressFamily == AddressFamily.InterNetwork);

    private NameAnswers AnswersOf(IPAddress gateway, IPNetwork? block, IPNetwork? bridge) => new(names, forwarder, block, bridge, [gateway, .. OwnAddresses()]);

    private void Open(IPAddress gateway, IPNetwork? block, IPNetwork? bridge)
    {
        try
        {
            _open = new NameSockets(gateway, block, AnswersOf(gateway, block, bridge), time, logger, kept: kept);
            _trouble = null;
            forwarder.Avoid(_open.Endpoint);
            logger.LogInformation("Names are answered on {Address}, port 53", gateway);
        }
        catch (SocketException error)
        {
            var trouble = $"names can't be answered on {gateway}, port 53 ({Reason(error)}): containers made now find those of this node only, ready or not";
            if (_trouble != trouble)
                logger.LogWarning("Names can't be answered on {Address}, port 53: {Reason}. Containers made now find those of this node only, ready or not", gateway, Reason(error));
            _trouble = trouble;
        }
    }

    private static string Reason(SocketException error) => error.SocketErrorCode switch
    {
        SocketError.AccessDenied => "only root may open the port; run the agent as root or give it CAP_NET_BIND_SERVICE",
        SocketError.AddressAlreadyInUse => "another name server has the port; let it listen on the addresses it needs only",
        _ => error.Message,
    };

    private static string? GatewayOf(NetworkDetails network) =>
        network.Gateway is { Length: > 0 } gateway ? gateway : network.Subnet is { Length: > 0 } subnet ? GridNetwork.FirstAddress(subnet) : null;
}

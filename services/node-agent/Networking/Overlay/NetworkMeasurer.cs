using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Networking;
using Kontena.Hosting.Bus;
using Kontena.NodeAgent.Registration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Networking.Overlay;

/// <summary>Measures the way to every other node when asked, one after another, and reports it. Of several orders that wait the newest counts.</summary>
internal sealed class NetworkMeasurer(
    OverlayKeeper overlay, GridNetwork network, NodeMembership membership, AgentIdentity identity, IControlBus bus, TimeProvider time, ILogger<NetworkMeasurer> logger)
    : BackgroundService
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private readonly Channel<MeasureNetwork> _asked = Channel.CreateBounded<MeasureNetwork>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });

    public void Ask(MeasureNetwork order) => _asked.Writer.TryWrite(order);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var order in _asked.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await MeasureAsync(order, stoppingToken);
            }
            catch (TimeoutException error)
            {
                logger.LogWarning("The broker did not take what was measured of the network: {Reason}", error.Message);
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                logger.LogError(error, "Measuring the network failed");
            }
        }
    }

    private async Task MeasureAsync(MeasureNetwork order, CancellationToken cancellationToken)
    {
        if (membership.Current is not { } joined || identity.NodeId is not { } nodeId)
            return;
        var pairs = new List<MeasuredPair>();
        var peers = overlay.Plan?.Peers ?? [];
        // Those that don't answer cost their patience each; side by side they cost it once.
        var reachable = await Task.WhenAll(peers.Select(peer => PairAsync(peer, cancellationToken)));
        var began = time.GetTimestamp();
        foreach (var (peer, pair) in peers.Zip(reachable))
        {
            // One after another, as they would share what there is; whoever asks waits for a while, not for ever.
            var measured = order.Throughput && pair.Reached && time.GetElapsedTime(began) < NetworkMeasured.Longest;
            pairs.Add(measured ? pair with { Megabits = await MegabitsAsync(peer, cancellationToken) } : pair);
        }

        await bus.SendAsync(
            Destination.Report(joined.Grid, "network"),
            new NetworkMeasured { Grid = joined.Grid, Node = joined.Node, NodeId = nodeId, CheckId = order.CheckId, Pairs = pairs }, cancellationToken);
    }

    private async Task<MeasuredPair> PairAsync(PlannedPeer peer, CancellationToken cancellationToken)
    {
        var none = new MeasuredPair(peer.Peer, peer.Driver, false, null, null, peer.Mtu, null, peer.Why);
        if (peer.Driver is null || network.Seen is not { } seen)
            return none;
        try
        {
            using var due = new CancellationTokenSource(Patience, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(due.Token, cancellationToken);
            var (roundTrip, _) = await MeasureProtocol.MeasureAsync(IPAddress.Parse(seen.Gateway), EndpointOf(peer), false, time, either.Token);
            // None when pings are not answered at all.
            var mtu = await PathProbe.LargestAsync(peer, time);
            return none with
            {
                Reached = true, RoundTrip = Math.Round(roundTrip, 3), Mtu = mtu == 0 ? null : mtu, Why = mtu > 0 && mtu < peer.Mtu ? PeerSight.TooNarrow(peer, mtu) : null,
            };
        }
        catch (Exception error) when (error is SocketException or IOException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return none with { Why = Unreached(peer, error is SocketException ? error.Message : $"no answer within {Patience.TotalSeconds:0} s") };
        }
    }

    private async Task<double?> MegabitsAsync(PlannedPeer peer, CancellationToken cancellationToken)
    {
        try
        {
            using var due = new CancellationTokenSource(Patience, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(due.Token, cancellationToken);
            var (_, megabits) = await MeasureProtocol.MeasureAsync(IPAddress.Parse(network.Seen!.Gateway), EndpointOf(peer), true, time, either.Token);
            return megabits is { } value ? Math.Round(value) : null;
        }
        catch (Exception error) when (error is SocketException or IOException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return null;
        }
    }

    private static string Unreached(PlannedPeer peer, string why) => peer.Driver switch
    {
        OverlayDriver.WireGuard => $"{why}; is its agent up, and UDP {peer.Port} open at {peer.Endpoint}?",
        OverlayDriver.Vxlan => $"{why}; is its agent up, and UDP {peer.Port} open at {peer.Endpoint}?",
        _ => $"{why}; is its agent up, and does the network between take packets of addresses it does not know to {peer.Endpoint}?",
    };

    private static IPEndPoint EndpointOf(PlannedPeer peer) => new(IPAddress.Parse(peer.Gateway), FirewallPlanner.MeasurePort);
}

using System.Text.Json;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Networking;
using Kontena.Hosting.Bus;
using Kontena.NodeAgent.Files;
using Kontena.NodeAgent.Heartbeats;
using Kontena.NodeAgent.Registration;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Networking.Overlay;

/// <summary>Tells grid-manager what this node can do in the grid's network: after joining, on change, and every minute with the revision of the map it has.</summary>
internal sealed class NetworkReporter(
    NodeMembership membership, AgentIdentity identity, NodeFactsReader facts, FactsReporter factsReporter, WireGuardKeys keys, IControlBus bus, NodeAgentOptions options,
    TimeProvider time, ILogger<NetworkReporter> logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>While the map is missing, or may be old: it is asked for by reporting.</summary>
    private static readonly TimeSpan Impatient = TimeSpan.FromSeconds(5);
    private long? _sentAt;
    private string _sent = "";
    private string _addresses = "";
    private Task _look = Task.CompletedTask;

    /// <summary>Looks whether there is something to tell, and tells it, beside whatever the caller does next: a broker that is slow or away delays no rule. One look at a
    /// time; what the one under way does not know is told by a later one.</summary>
    /// <param name="state">Null when the host can't be asked.</param>
    /// <param name="revision">Of the map there is.</param>
    /// <param name="remarks">What is wrong with others.</param>
    public void Look(HostAbilities abilities, HostState? state, long revision, IReadOnlyList<string> remarks, CancellationToken cancellationToken)
    {
        if (_look.IsCompleted)
            _look = LookAsync(abilities, state, revision, remarks, cancellationToken);
    }

    private async Task LookAsync(HostAbilities abilities, HostState? state, long revision, IReadOnlyList<string> remarks, CancellationToken cancellationToken)
    {
        try
        {
            await TellAsync(abilities, state, revision, remarks, cancellationToken);
        }
        catch (TimeoutException error)
        {
            logger.LogDebug("The broker did not take the report about the network: {Reason}", error.Message);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            logger.LogError(error, "The report about the network was not made; the next look at it does it");
        }
    }

    private async Task TellAsync(HostAbilities abilities, HostState? state, long revision, IReadOnlyList<string> remarks, CancellationToken cancellationToken)
    {
        if (membership.Current is not { } joined || !membership.ConfirmedNow || identity.NodeId is not { } nodeId)
            return;
        var privateIp = await PrivateIpAsync(state, cancellationToken);
        var network = await OfAsync(abilities, state, privateIp, cancellationToken);
        remarks = [.. remarks.Take(NodeNetworkReport.MostRemarks)];
        var text = JsonSerializer.Serialize(network, AgentJson.Default.NodeNetwork) + string.Join('\n', remarks);
        var due = revision == 0 ? Impatient : Interval;
        if (text == _sent && _sentAt is { } at && time.GetElapsedTime(at) < due)
            return;
        var report = new NodeNetworkReport { Grid = joined.Grid, Node = joined.Node, NodeId = nodeId, Network = network, Revision = revision, Remarks = remarks };
        await bus.SendAsync(Destination.Report(joined.Grid, "network"), report, cancellationToken);
        (_sent, _sentAt) = (text, time.GetTimestamp());
    }

    /// <summary>A host that has other addresses than before is asked for its facts at once: the others dial what they say.</summary>
    private async Task<string?> PrivateIpAsync(HostState? state, CancellationToken cancellationToken)
    {
        var addresses = state is null ? "" : string.Join(' ', Addresses(state));
        if (addresses != _addresses && _addresses.Length > 0)
            await factsReporter.LookAsync(cancellationToken);
        _addresses = addresses;
        return facts.Last?.PrivateIp;
    }

    private async Task<NodeNetwork> OfAsync(HostAbilities abilities, HostState? state, string? privateIp, CancellationToken cancellationToken)
    {
        var card = state?.Links.Values.FirstOrDefault(link => privateIp is not null && link.Addresses.Any(address => address.StartsWith(privateIp + "/", StringComparison.Ordinal)));
        return new NodeNetwork
        {
            WireGuardKey = abilities is { Administers: true, WireGuard: true } ? await keys.PublicAsync(cancellationToken) : null,
            NextKey = abilities is { Administers: true, WireGuard: true } ? await keys.NextAsync(cancellationToken) : null,
            Port = options.WireGuardPort,
            Mtu = card?.Mtu ?? 0,
            Addresses = state is null ? [] : [.. Addresses(state).Take(NodeNetwork.MostAddresses)],
            Vxlan = abilities.Vxlan,
            Administers = abilities.Administers,
        };
    }

    /// <summary>Of cards alone: those of bridges and tunnels say nothing about the wire.</summary>
    private static IEnumerable<string> Addresses(HostState state) => state.Links.Values
        .Where(link => link.Name != "lo" && !link.Name.StartsWith("kontena-", StringComparison.Ordinal) && !link.Name.StartsWith("docker", StringComparison.Ordinal)
            && !link.Name.StartsWith("br-", StringComparison.Ordinal))
        .OrderBy(link => link.Name, StringComparer.Ordinal).SelectMany(link => link.Addresses);
}

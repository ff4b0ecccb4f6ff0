using Kontena.Contracts.Instances;
using Kontena.Contracts.Messaging;
using Kontena.Hosting.Bus;
using Kontena.NodeAgent.Instances;
using Kontena.NodeAgent.Registration;

namespace Kontena.NodeAgent.Reports;

/// <summary>Says everything at once, when asked. What is not in the answer is taken for gone, so there is none before each instance has been
/// looked at; who asked sees no digest until then, and asks again.</summary>
internal sealed class SyncReporter(
    ReportBoard board, InstanceSupervisor supervisor, NodeMembership membership, AgentIdentity identity, IControlBus bus)
{
    /// <exception cref="TimeoutException">The broker did not take it; the message is tried again.</exception>
    public async Task SendAsync(CancellationToken cancellationToken)
    {
        if (membership.Current is not { } joined || identity.NodeId is not { } nodeId || !supervisor.HasToldAll)
            return;
        // First the number: what comes in between is in the list, and the number does not speak for it.
        var upTo = board.Sequence;
        var all = board.All();
        var synced = new NodeSynced { Grid = joined.Grid, Node = joined.Node, NodeId = nodeId, Instances = all, Run = board.Run, UpTo = upTo };
        await bus.SendAsync(Destination.Report(joined.Grid, "synced"), synced, cancellationToken);
        foreach (var observed in all)
            board.Sent(observed);
    }
}

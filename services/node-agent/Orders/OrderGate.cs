using Kontena.Hosting.Bus;
using Kontena.NodeAgent.Registration;
using MassTransit;

namespace Kontena.NodeAgent.Orders;

/// <summary>Orders on the node's queue are ours when we are the node. A machine copied from another reads that one's queue until it is refused.</summary>
internal sealed class OrderGate(NodeMembership membership, TimeProvider time)
{
    /// <summary>An answer to the request to join takes milliseconds. One that does not come is that of an older grid-manager, or of none.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <returns>False: the message goes back to the broker, and whoever is the node takes it.</returns>
    public async Task<bool> OpensAsync(ConsumeContext context)
    {
        if (membership.Current is null && !membership.IsRival)
            await Task.WhenAny(membership.AnsweredAsync, Task.Delay(Patience, time, context.CancellationToken));
        return !membership.IsRival || !context.TryGiveBack();
    }
}

using Kontena.NodeAgent.Orders;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Leases;

/// <summary>Says in the log, once, that an instance may not run any more, and once that it may again.</summary>
internal sealed class LeaseLog(ILogger logger)
{
    private bool _isOver;

    /// <param name="left">As <see cref="LeaseBook.Left"/> has it.</param>
    public void Note(InstanceOrder? order, TimeSpan? left)
    {
        var over = left == TimeSpan.Zero;
        if (over == _isOver)
            return;
        _isOver = over;
        if (over)
        {
            logger.LogWarning(
                "Instance {Instance}: no word from the control plane for {Seconds} s (stop_after_disconnect); it does not run until there is", order!.Name, order.Spec!.Lease);
        }
        else if (order is not null)
        {
            logger.LogInformation("Instance {Instance}: its lease is renewed, it may run", order.Name);
        }
    }
}

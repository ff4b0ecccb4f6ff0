using System.Diagnostics.Metrics;

namespace Kontena.Hosting.Bus;

/// <summary>What the bus counts beside MassTransit's own meter.</summary>
internal static class BusMeter
{
    private static readonly Meter Meter = new("Kontena.Bus");

    /// <summary>Messages to queues that nobody had opened; label <c>message</c> is the type's name.</summary>
    public static readonly Counter<long> Undeliverable =
        Meter.CreateCounter<long>("kontena.bus.undeliverable", "{message}", "Messages dropped because their queue did not exist.");
}

using System.Diagnostics.Metrics;

namespace Kontena.Hosting.Bus;

/// <summary>What the bus counts beside MassTransit's own meter.</summary>
internal static class BusMeter
{
    private static readonly Meter Meter = new("Kontena.Bus");

    /// <summary>Messages to queues that nobody had opened; label <c>message</c> is the type's name.</summary>
    public static readonly Counter<long> Undeliverable =
        Meter.CreateCounter<long>("kontena.bus.undeliverable", "{message}", "Messages dropped because their queue did not exist.");

    /// <summary>Requests that arrived after their asker had given up.</summary>
    public static readonly Counter<long> Expired =
        Meter.CreateCounter<long>("kontena.bus.expired", "{message}", "Requests not carried out because their asker had given up.");

    /// <summary>Dead letters that gave way to newer ones; only without a broker.</summary>
    public static readonly Counter<long> DeadLettersForgotten =
        Meter.CreateCounter<long>("kontena.bus.dead_letters.forgotten", "{message}", "Dead letters dropped because memory keeps only the newest.");
}

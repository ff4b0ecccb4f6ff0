using System.Diagnostics.Metrics;

namespace Kontena.Hosting.Bus;

/// <summary>What the bus counts beside MassTransit's own meter.</summary>
internal static class BusMeter
{
    private static readonly Meter Meter = new("Kontena.Bus");

    /// <summary>How long messages took to handle; labels <c>message</c> and <c>outcome</c>: <c>done</c> or <c>failed</c>.</summary>
    public static readonly Histogram<double> Handled =
        Meter.CreateHistogram<double>("kontena.bus.handled", "s", "Time a message took to handle, retries included.");

    /// <summary>Messages that went out; label <c>message</c>.</summary>
    public static readonly Counter<long> Sent = Meter.CreateCounter<long>("kontena.bus.sent", "{message}", "Messages and requests the bus has taken.");

    /// <summary>Messages to queues that nobody had opened; label <c>message</c> is the type's name.</summary>
    public static readonly Counter<long> Undeliverable =
        Meter.CreateCounter<long>("kontena.bus.undeliverable", "{message}", "Messages dropped because their queue did not exist.");

    /// <summary>Messages of nodes that may not say them; label <c>message</c>.</summary>
    public static readonly Counter<long> Refused = Meter.CreateCounter<long>("kontena.bus.refused", "{message}", "Messages dropped because the node that sent them may not.");

    /// <summary>Requests that arrived after their asker had given up.</summary>
    public static readonly Counter<long> Expired =
        Meter.CreateCounter<long>("kontena.bus.expired", "{message}", "Requests not carried out because their asker had given up.");

    /// <summary>Dead letters that gave way to newer ones; only without a broker.</summary>
    public static readonly Counter<long> DeadLettersForgotten =
        Meter.CreateCounter<long>("kontena.bus.dead_letters.forgotten", "{message}", "Dead letters dropped because memory keeps only the newest.");
}

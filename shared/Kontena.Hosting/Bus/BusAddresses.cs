using Kontena.Contracts.Messaging;

namespace Kontena.Hosting.Bus;

/// <summary>Addresses of destinations, per transport.</summary>
/// <remarks>
/// Always <c>exchange:</c>, never <c>queue:</c>: with the latter the sender declares the queue with default arguments and collides with the
/// quorum queue of the reader. The name of an exchange type is <c>topic</c> on RabbitMQ and, case-sensitively, <c>Topic</c> in memory, where an
/// unknown name silently means fanout.
/// </remarks>
internal static class BusAddresses
{
    public static Uri Of(Destination destination, bool inMemory) => new(destination.Kind switch
    {
        DestinationKind.Queue when !inMemory && Queues.IsTemporary(destination.Name) => $"exchange:{destination.Name}?temporary=true",
        DestinationKind.Queue or DestinationKind.Fanout => $"exchange:{destination.Name}",
        _ => $"exchange:{destination.Name}?type={(inMemory ? "Topic" : "topic")}",
    });
}

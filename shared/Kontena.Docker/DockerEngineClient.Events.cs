using System.Runtime.CompilerServices;
using Kontena.Docker.Containers;
using Kontena.Docker.Transport;
using Kontena.Docker.Wire;

namespace Kontena.Docker;

public sealed partial class DockerEngineClient
{
    /// <remarks>
    /// The engine remembers its last 256 events. Whoever reconnects passes the time of the last event seen and gets that one
    /// again: <c>since</c> includes it.
    /// </remarks>
    public async IAsyncEnumerable<EngineEvent> EventsAsync(DateTimeOffset since, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var call = EngineCall.Get($"/events?since={GoTime.Query(since)}{Filters("type", ["container"])}");
        await using var stream = await _transport.OpenAsync(call, cancellationToken);
        await foreach (var wire in JsonLines.ReadAsync(stream, EngineJson.Default.WireEvent, call.ToString(), silence: null, cancellationToken))
        {
            if (EventReading.Event(wire) is { } engineEvent) yield return engineEvent;
        }
    }

    /// <remarks>Memory is without the file cache that the kernel would give back, as <c>docker stats</c> shows it.</remarks>
    public async Task<ContainerStatsSample?> StatsOnceAsync(string container, CancellationToken cancellationToken)
    {
        var call = EngineCall.Get($"/containers/{EnginePath.Segment(container)}/stats?stream=false&one-shot=true");
        var stats = await _transport.FindAsync(call, EngineJson.Default.WireStats, cancellationToken);
        return stats is null ? null : StatsReading.Sample(stats);
    }
}

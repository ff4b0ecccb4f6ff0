using System.Runtime.CompilerServices;
using Kontena.Docker.Logs;
using Kontena.Docker.Transport;

namespace Kontena.Docker;

public sealed partial class DockerEngineClient
{
    public async IAsyncEnumerable<ContainerLogLine> LogsAsync(
        string container, DateTimeOffset? since, int? tail, bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Engines before API 1.42 do not say whether their answer has frames: the container's terminal decides.
        var details = await InspectContainerAsync(container, cancellationToken)
            ?? throw new EngineException(404, $"No such container: {container}");

        var query = $"?stdout=1&stderr=1&timestamps=1&follow={Flag(follow)}&tail={tail?.ToString() ?? "all"}";
        if (since is { } from) query += $"&since={GoTime.Query(from)}";
        var call = EngineCall.Get($"/containers/{EnginePath.Segment(details.Id)}/logs{query}");

        await using var stream = await _transport.OpenAsync(call, cancellationToken);
        var lines = new LogLines(framed: !details.Tty, _transport.Time);
        await foreach (var piece in StreamFrames.ReadAsync(stream, raw: details.Tty, cancellationToken))
        {
            lines.Add(piece);
            while (lines.TryTake(out var line)) yield return line;
        }

        lines.Finish();
        while (lines.TryTake(out var line)) yield return line;
    }
}

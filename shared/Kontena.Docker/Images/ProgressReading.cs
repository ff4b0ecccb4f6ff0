using Kontena.Docker.Transport;
using Kontena.Docker.Wire;

namespace Kontena.Docker.Images;

/// <summary>Follows a pull, push or build to its end. The engine says 200 first and tells failures inside the stream.</summary>
internal static class ProgressReading
{
    /// <summary>A registry or a build step may be silent for long; this long means that nothing will come any more.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromMinutes(10);

    /// <returns>The id of the built image, if one was named.</returns>
    public static async Task<string?> FollowAsync(EngineStream stream, string call, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        string? imageId = null;
        await foreach (var line in JsonLines.ReadAsync(stream, EngineJson.Default.WireProgress, call, Silence, cancellationToken))
        {
            if (line.ErrorDetail?.Message is { Length: > 0 } detail) throw new EngineException(500, detail.Trim());
            if (line.Error is { Length: > 0 } error) throw new EngineException(500, error.Trim());
            imageId = line.Aux?.ImageId ?? imageId;
            if (progress is not null && Text(line) is { Length: > 0 } text) progress.Report(text);
        }

        return imageId;
    }

    /// <summary>Download bars come as hundreds of lines with the same status; the text without the bar is what a log wants.</summary>
    private static string? Text(WireProgress line) =>
        line.Stream is { } output ? output.TrimEnd()
        : line.Status is { } status ? (line.Id is { Length: > 0 } id ? $"{id}: {status}" : status)
        : null;
}

using Kontena.Contracts.Logs;

namespace Kontena.LogCollector.Tests;

/// <summary>Batches as agents send them.</summary>
internal static class LogLines
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static LogBatch Batch(
        IEnumerable<string> texts, string service = "web", int instance = 1, string stack = "shop", string node = "core-01", string grid = "main",
        DateTimeOffset? at = null, string stream = "stdout") => new()
    {
        Grid = grid,
        Node = node,
        Lines = [.. texts.Select((text, index) => new LogLine
        {
            Stack = stack,
            Service = service,
            Instance = instance,
            InstanceId = $"{stack}{service}{instance}".PadRight(24, '0'),
            ContainerName = $"{stack}.{service}-{instance}",
            ContainerId = $"docker-{service}-{instance}",
            At = (at ?? Noon).AddMilliseconds(index),
            Stream = stream,
            Text = text,
        })],
    };

    public static QueryLogs Query(string grid = "main", int limit = 100) => new() { Grid = grid, Limit = limit };

    public static string[] Texts(this IEnumerable<LogLine> lines) => [.. lines.Select(line => line.Text)];
}

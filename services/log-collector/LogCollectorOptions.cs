using System.Globalization;
using Kontena.Hosting;
using Kontena.LogCollector.Events;

namespace Kontena.LogCollector;

/// <summary>Settings of the log-collector; see the README for their keys.</summary>
internal sealed record LogCollectorOptions
{
    /// <summary>Where the segments lie.</summary>
    public required string Directory { get; init; }

    /// <summary>1 to 3650. Segments whose last day is longer ago are removed.</summary>
    public int RetentionDays { get; init; } = 7;

    /// <summary>Bytes, from 64 MiB. When all segments together are bigger, the oldest are removed.</summary>
    public long RetentionBytes { get; init; } = 4L * 1024 * 1024 * 1024;

    /// <summary>Bytes after which a day's lines go on in another segment, so that old ones can be removed one by one.</summary>
    public long SegmentBytes => Math.Max(8L * 1024 * 1024, RetentionBytes / 8);

    /// <summary>How long a question about lines may be read for. The api waits for 10 s.</summary>
    public TimeSpan QueryTimeout { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>Characters of the lines in one answer, which ends with the line that is over it: many long lines are read in several. It must fit into a message of the broker, escaped.</summary>
    public int PageText { get; init; } = 8 * 1024 * 1024;

    public EventLogOptions Events => new EventLogOptions { File = Path.Combine(Directory, "events.db"), KeptPerGrid = EventsPerGrid };

    /// <inheritdoc cref="EventLogOptions.KeptPerGrid"/>
    public int EventsPerGrid { get; init; } = 10_000;

    public static LogCollectorOptions From(IConfiguration configuration)
    {
        var data = configuration["Kontena:DataDirectory"] is { Length: > 0 } given ? given : "/var/lib/kontena";
        return new LogCollectorOptions
        {
            Directory = Path.Combine(data, "logs"),
            RetentionDays = (int)Number(configuration, "Kontena:Logs:RetentionDays", 7, 1, 3650),
            RetentionBytes = Number(configuration, "Kontena:Logs:RetentionMegabytes", 4096, 64, 100_000_000) * 1024 * 1024,
            EventsPerGrid = (int)Number(configuration, "Kontena:Events:KeptPerGrid", 10_000, 100, 1_000_000),
        };
    }

    private static long Number(IConfiguration configuration, string key, long usual, long least, long most)
    {
        if (configuration[key] is not { Length: > 0 } text)
            return usual;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new SettingException(key, $"has '{text}', which is not a whole number from {least} to {most}", usual.ToString(CultureInfo.InvariantCulture));
    }
}

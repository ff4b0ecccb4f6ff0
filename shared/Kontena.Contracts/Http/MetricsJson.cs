using System.Text.Json.Serialization;

namespace Kontena.Contracts.Http;

/// <summary>What was measured from one time to another, a row a minute, oldest first (rest-api.md §18.2).</summary>
public sealed record MetricsJson(DateTimeOffset From, DateTimeOffset To, IReadOnlyList<MinuteJson> Stats);

/// <summary>Averages of one minute, summed over nodes or containers. A minute in which nothing was measured has no row.</summary>
public sealed record MinuteJson
{
    /// <summary>The begin of the minute.</summary>
    [JsonConverter(typeof(OffsetTimeConverter))]
    public DateTimeOffset Timestamp { get; init; }
    public required CpuUsedJson Cpu { get; init; }
    public required MemoryUsedJson Memory { get; init; }

    /// <summary>Not there for services.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public FilesystemUsedJson? Filesystem { get; init; }
    public required NetworkStatsJson Network { get; init; }
}

/// <param name="Used">Percent of one core, two decimals.</param>
/// <param name="Cores">Of the nodes, each counted once.</param>
public sealed record CpuUsedJson(double Used, int Cores);

/// <summary>Bytes. Of a service only the first two are known: what its containers use, and their limits together.</summary>
public sealed record MemoryUsedJson(long Used, long Total, long Free, long Active, long Inactive, long Cached, long Buffers);

/// <summary>Bytes.</summary>
public sealed record FilesystemUsedJson(long Used, long Total);

namespace Kontena.Contracts.Stats;

/// <summary>
/// Question for what was measured over a stretch of time, a row a minute (rest-api.md §18.2): of a grid, of its node <see cref="Node"/>, or of its service
/// <see cref="Stack"/>/<see cref="Service"/>. Answered with <see cref="MetricsHistory"/>.
/// </summary>
public sealed record QueryMetrics
{
    /// <summary>The longest stretch from <see cref="From"/> to <see cref="To"/>: 1,440 rows.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    public required string Grid { get; init; }

    /// <summary>The node's name; null for the grid or a service.</summary>
    public string? Node { get; init; }

    /// <summary>With <see cref="Service"/>, or null.</summary>
    public string? Stack { get; init; }

    /// <summary>With <see cref="Stack"/>, or null.</summary>
    public string? Service { get; init; }

    /// <summary>Measurements from then on, by the clocks of the nodes.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>Measurements up to then. Not before <see cref="From"/>, and at most <see cref="Longest"/> after it.</summary>
    public required DateTimeOffset To { get; init; }
}

/// <summary>What was measured, oldest first. Minutes in which nothing was measured have no row.</summary>
public sealed record MetricsHistory
{
    public IReadOnlyList<MetricsMinute> Minutes { get; init; } = [];

    /// <summary>Why the question was not answered, as a sentence; null when it was.</summary>
    public string? Error { get; init; }
}

/// <summary>One minute: averages of what was measured in it, summed over nodes or containers. Memory and disk in bytes; what is not known is 0.</summary>
public sealed record MetricsMinute
{
    /// <summary>Its begin; seconds are zero.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Percent of one core.</summary>
    public double CpuUsed { get; init; }

    /// <summary>Of the nodes, each counted once.</summary>
    public int Cores { get; init; }

    public long MemoryUsed { get; init; }

    /// <summary>Of nodes what they have; of containers their limits.</summary>
    public long MemoryTotal { get; init; }
    public long MemoryFree { get; init; }
    public long MemoryActive { get; init; }
    public long MemoryInactive { get; init; }
    public long MemoryCached { get; init; }
    public long MemoryBuffers { get; init; }

    /// <summary>Null for services.</summary>
    public long? DiskUsed { get; init; }

    /// <inheritdoc cref="DiskUsed"/>
    public long? DiskTotal { get; init; }

    public NetworkReading Internal { get; init; } = new();
    public NetworkReading External { get; init; } = new();
}

/// <summary>What went through network interfaces, summed.</summary>
public sealed record NetworkReading
{
    /// <summary>Their names, sorted; at most 16.</summary>
    public IReadOnlyList<string> Interfaces { get; init; } = [];

    /// <summary>Bytes since the interfaces are there.</summary>
    public long RxBytes { get; init; }

    /// <summary>Bytes a second since the measurement before; 0 for the first.</summary>
    public double RxBytesPerSecond { get; init; }

    /// <inheritdoc cref="RxBytes"/>
    public long TxBytes { get; init; }

    /// <inheritdoc cref="RxBytesPerSecond"/>
    public double TxBytesPerSecond { get; init; }
}

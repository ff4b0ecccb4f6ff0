namespace Kontena.LogCollector.Events;

/// <summary>Settings of the event log; see the README for their keys.</summary>
internal sealed record EventLogOptions
{
    /// <summary>Grids that can have all they may keep; beyond, the oldest events of all grids go.</summary>
    private const int FullGrids = 100;

    /// <summary>The file.</summary>
    public required string File { get; init; }

    /// <summary>100 to 1,000,000. Older events of a grid go, so that a busy grid drives out none of another's.</summary>
    public int KeptPerGrid { get; init; } = 10_000;

    /// <summary>Of all grids together, those that are gone included.</summary>
    public long KeptInAll => (long)KeptPerGrid * FullGrids;
}

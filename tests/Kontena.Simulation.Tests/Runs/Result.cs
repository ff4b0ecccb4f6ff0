namespace Kontena.Simulation.Tests.Runs;

/// <summary>What came of a run.</summary>
internal sealed record Result
{
    public required ulong Seed { get; init; }
    public int Rounds { get; set; }
    public TimeSpan Virtual { get; init; }

    /// <summary>Over everything that happened.</summary>
    public ulong Hash { get; init; }
    public long Steps { get; init; }
    public long Operations { get; init; }
    public long Faults { get; init; }
    public long Deploys { get; init; }

    /// <summary>Runs that have ended, and ticks that were skipped.</summary>
    public long Jobs { get; init; }

    /// <summary>Of each round: from the end of the faults until what runs was what is declared.</summary>
    public List<TimeSpan> Settled { get; } = [];
    public Violation? Violation { get; init; }
    public IReadOnlyList<string> LastEvents { get; init; } = [];

    public override string ToString() => Violation is null
        ? $"seed {Seed}: clean, {Virtual.TotalHours:0.0} h, {Rounds} rounds, {Operations} operations, {Faults} faults, {Deploys} deploys, {Jobs} runs, {Steps} steps, hash {Hash:x16}"
        : $"seed {Seed}: BROKEN {Violation}\n  again: infra/test simulate --seed {Seed}\n  {string.Join("\n  ", LastEvents)}";
}

namespace Kontena.Simulation.Tests.Runs;

/// <summary>A promise that was broken.</summary>
/// <param name="Promise">Which: the name of its checker.</param>
/// <param name="What">A sentence with names and numbers.</param>
/// <param name="At">The time of the run.</param>
internal sealed record Violation(string Promise, string What, TimeSpan At)
{
    public override string ToString() => $"{Promise}: {What} (at {At:hh\\:mm\\:ss\\.fff})";
}

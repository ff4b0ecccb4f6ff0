namespace Kontena.Simulation.Tests.Time;

/// <summary>Every coincidence of a run, from its seed. The same on every machine and version of .NET.</summary>
internal sealed class Dice(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        // SplitMix64.
        var mixed = _state += 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }

    /// <summary>Dice of their own for one purpose: more rolls there change nothing here.</summary>
    public Dice Fork() => new(Next());

    /// <summary>0 to <paramref name="limit"/> − 1.</summary>
    public int Below(int limit) => (int)(Next() % (ulong)limit);

    public bool Chance(double probability) => probability > 0 && (Next() >> 11) * (1.0 / (1UL << 53)) < probability;

    public TimeSpan Between(TimeSpan least, TimeSpan most) =>
        least >= most ? least : least + TimeSpan.FromTicks((long)(Next() % (ulong)(most - least).Ticks));

    public TimeSpan Milliseconds(double least, double most) => Between(TimeSpan.FromMilliseconds(least), TimeSpan.FromMilliseconds(most));

    public TimeSpan Seconds(double least, double most) => Between(TimeSpan.FromSeconds(least), TimeSpan.FromSeconds(most));

    public T Pick<T>(IReadOnlyList<T> among) => among[Below(among.Count)];
}

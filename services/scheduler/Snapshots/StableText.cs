namespace Kontena.Scheduler.Snapshots;

/// <summary>Texts by a hash that is the same in every process: what goes through a table's documents goes through them in the same order everywhere, so
/// that the same snapshot and inputs give the same plan (design law 6).</summary>
internal sealed class StableText : IEqualityComparer<string>
{
    public static readonly StableText Comparer = new();

    private StableText()
    {
    }

    public bool Equals(string? x, string? y) => string.Equals(x, y, StringComparison.Ordinal);

    /// <summary>FNV-1a, mixed once more as its low bits alone are weak.</summary>
    public int GetHashCode(string text)
    {
        var hash = 2166136261u;
        foreach (var character in text)
            hash = (hash ^ character) * 16777619u;
        return unchecked((int)(hash ^ (hash >> 15)));
    }
}

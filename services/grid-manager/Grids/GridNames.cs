namespace Kontena.GridManager.Grids;

/// <summary>Names for grids that come without one.</summary>
internal static class GridNames
{
    private static readonly string[] Adjectives =
    [
        "amber", "brave", "calm", "clever", "copper", "crisp", "dusty", "early", "fair", "gentle", "golden", "green", "happy", "hidden", "humble",
        "icy", "jolly", "keen", "late", "lively", "mellow", "misty", "noble", "patient", "polar", "proud", "quiet", "rapid", "silver", "steady",
        "sunny", "swift", "tidy", "vivid", "warm", "wild",
    ];

    private static readonly string[] Nouns =
    [
        "anchor", "badger", "beacon", "birch", "bridge", "brook", "canyon", "cedar", "cloud", "comet", "delta", "falcon", "fjord", "forest", "garden",
        "glacier", "harbor", "heron", "island", "lagoon", "lantern", "maple", "meadow", "moon", "orchard", "otter", "pebble", "pine", "reef", "river",
        "sparrow", "summit", "thicket", "valley", "willow", "wren",
    ];

    /// <summary><c>adjective-noun</c>; the same seed gives the same name. Names taken are passed over, and numbered when all are.</summary>
    public static string Invent(int seed, IReadOnlySet<string> taken)
    {
        var all = Adjectives.Length * Nouns.Length;
        var start = (int)((uint)seed % all);
        for (var step = 0; step < all; step++)
        {
            var at = (start + step) % all;
            var name = $"{Adjectives[at / Nouns.Length]}-{Nouns[at % Nouns.Length]}";
            if (!taken.Contains(name))
                return name;
        }

        return $"{Adjectives[start / Nouns.Length]}-{Nouns[start % Nouns.Length]}-{taken.Count + 1}";
    }
}

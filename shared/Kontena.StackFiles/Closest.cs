namespace Kontena.StackFiles;

/// <summary>Finds the word somebody may have meant.</summary>
internal static class Closest
{
    /// <summary>", did you mean 'x'?" for the nearest candidate within two edits (one for short words); empty when there is none.</summary>
    public static string Hint(string word, IEnumerable<string> candidates)
    {
        var limit = word.Length <= 4 ? 1 : 2;
        var best = candidates
            .Select(candidate => (candidate, distance: Distance(word, candidate)))
            .Where(one => one.distance <= limit)
            .OrderBy(one => one.distance).ThenBy(one => one.candidate, StringComparer.Ordinal)
            .FirstOrDefault();
        return best.candidate is null ? "" : $", did you mean '{best.candidate}'?";
    }

    /// <summary>The hint, closed as a sentence, so that another can follow.</summary>
    public static string Sentence(string word, IEnumerable<string> candidates) => Hint(word, candidates) is { Length: > 0 } hint ? hint : ".";

    private static int Distance(string a, string b)
    {
        if (Math.Abs(a.Length - b.Length) > 2)
            return 3;
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var insertOrDelete = Math.Min(row[j], row[j - 1]) + 1;
                (diagonal, row[j]) = (row[j], Math.Min(insertOrDelete, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)));
            }
        }

        return row[b.Length];
    }
}

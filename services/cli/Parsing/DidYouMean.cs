namespace Kontena.Cli.Parsing;

/// <summary>The known words nearest to a mistyped one.</summary>
internal static class DidYouMean
{
    private const int MaxSuggestions = 3;

    /// <summary>Words at most a third of the typed length away (at least two changes; short words only by their beginning), nearest first; or those it is the beginning of.</summary>
    public static IReadOnlyList<string> Of(string typed, IEnumerable<string> known)
    {
        var limit = typed.Length < 3 ? 0 : Math.Max(2, typed.Length / 3);
        return
        [
            .. known.Distinct()
                .Select(word => (Word: word, Distance: word.StartsWith(typed, StringComparison.Ordinal) ? 0 : Distance(typed, word)))
                .Where(candidate => candidate.Distance <= limit && candidate.Distance < Math.Max(typed.Length, candidate.Word.Length))
                .OrderBy(candidate => candidate.Distance)
                .ThenBy(candidate => candidate.Word, StringComparer.Ordinal)
                .Take(MaxSuggestions)
                .Select(candidate => candidate.Word),
        ];
    }

    public static string Sentence(IReadOnlyList<string> suggestions) => suggestions.Count switch
    {
        0 => "",
        1 => $". Did you mean '{suggestions[0]}'?",
        _ => $". Did you mean '{string.Join("', '", suggestions.Take(suggestions.Count - 1))}' or '{suggestions[^1]}'?",
    };

    /// <summary>Insertions, deletions, replacements and swaps of neighbours that turn one word into the other.</summary>
    internal static int Distance(string left, string right)
    {
        var rows = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++) rows[i, 0] = i;
        for (var j = 0; j <= right.Length; j++) rows[0, j] = j;
        for (var i = 1; i <= left.Length; i++)
        {
            for (var j = 1; j <= right.Length; j++)
            {
                var cost = left[i - 1] == right[j - 1] ? 0 : 1;
                var best = Math.Min(Math.Min(rows[i - 1, j] + 1, rows[i, j - 1] + 1), rows[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1]) best = Math.Min(best, rows[i - 2, j - 2] + 1);
                rows[i, j] = best;
            }
        }

        return rows[left.Length, right.Length];
    }
}

namespace Kontena.LogCollector.Storage.Sqlite;

/// <summary>The longest line that is kept.</summary>
internal static class LineText
{
    /// <summary>Characters. Agents cut lines earlier; this holds whatever else writes to the exchange.</summary>
    public const int Longest = 32 * 1024;

    private const string Cut = " … (cut)";

    public static string Fit(string text)
    {
        if (text.Length <= Longest)
            return text;
        var end = Longest - Cut.Length;
        return string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[end - 1]) ? end - 1 : end), Cut);
    }
}

namespace Kontena.Core.Services;

/// <summary>Signals as Docker takes them (rest-api.md §12.3).</summary>
public static class StopSignalText
{
    /// <summary><c>SIG</c> with letters and digits, <c>SIGRTMIN+n</c>, <c>SIGRTMAX-n</c>, any case; or a number.</summary>
    public static bool IsValid(string text)
    {
        if (text.Length is 0 or > 16)
            return false;
        if (text.All(char.IsAsciiDigit))
            return true;
        var upper = text.ToUpperInvariant();
        if (upper.StartsWith("SIGRTMIN+", StringComparison.Ordinal) || upper.StartsWith("SIGRTMAX-", StringComparison.Ordinal))
            return upper.Length > 9 && upper[9..].All(char.IsAsciiDigit);
        return upper.Length > 3 && upper.StartsWith("SIG", StringComparison.Ordinal) && upper.All(char.IsAsciiLetterOrDigit);
    }
}

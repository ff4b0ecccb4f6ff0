using Kontena.State;

namespace Kontena.GridManager.Users;

/// <summary>What is asked of a user's words, and how many of everything there may be.</summary>
internal static class UserRules
{
    /// <summary>All can be users of one grid, and its deletion changes them in one commit of at most <see cref="CommitBatch.MaxOperations"/>, with room for the rest of it.</summary>
    public const int MostUsers = 9_000;

    /// <summary>Of one user, as are <see cref="MostCodes"/>. What is worth nothing any more makes room first.</summary>
    public const int MostTokens = 200;
    public const int MostCodes = 50;

    public const int LongestName = 128;
    public const int LongestDescription = 256;

    /// <summary>A code that nobody exchanges is worth nothing after it.</summary>
    public static readonly TimeSpan CodeLife = TimeSpan.FromHours(24);

    /// <summary>How long an expired token can still be renewed.</summary>
    public static readonly TimeSpan RefreshLife = TimeSpan.FromDays(30);

    /// <summary>How long a renewed token lasts (rest-api.md §5.2).</summary>
    public static readonly TimeSpan RefreshedLife = TimeSpan.FromSeconds(7200);

    /// <summary>Ten years, in seconds.</summary>
    public const long LongestExpiry = 315_360_000;

    public static bool IsEmail(string? text) =>
        text is { Length: >= 3 and <= 254 } && text.IndexOf('@', StringComparison.Ordinal) is > 0 and var at && at < text.Length - 1
        && !text.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c == '/');

    public static bool IsText(string? text, int longest) => text is null || (text.Length is > 0 && text.Length <= longest && !text.Any(char.IsControl));
}

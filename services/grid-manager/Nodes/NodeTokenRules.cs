using Kontena.Core.Services;

namespace Kontena.GridManager.Nodes;

/// <summary>What tokens of nodes must be (rest-api.md §10.2).</summary>
internal static class NodeTokenRules
{
    private const int LongestSeconds = 365 * 24 * 3600;

    public static void Check(string? token, int? seconds, bool isTaken, FieldErrors errors)
    {
        if (token is { Length: 0 })
            errors.Say("Token can't be blank", "token");
        else if (token is { Length: < 16 })
            errors.Say("is too short (minimum is 16 characters)", "token");
        else if (token is { Length: > 256 })
            errors.Say("is too long (maximum is 256 characters)", "token");
        else if (token is not null && !IsPlain(token))
            errors.Say("may have letters, digits and - _ . + / = only, and must begin with a letter or a digit", "token");
        else if (isTaken)
            errors.Say("Node with token already exists", "token");
        if (seconds is < 1 or > LongestSeconds)
            errors.Say($"must be 1 to {LongestSeconds} seconds", "expires_in");
    }

    /// <summary>It stands in a line for a shell, and where a word that begins with '-' would be an option.</summary>
    private static bool IsPlain(string token) => char.IsAsciiLetterOrDigit(token[0]) && token.All(c => char.IsAsciiLetterOrDigit(c) || "-_.+/=".Contains(c, StringComparison.Ordinal));

    public static DateTimeOffset? EndOf(int? seconds, DateTimeOffset now) => seconds is { } until ? now.AddSeconds(until) : null;
}

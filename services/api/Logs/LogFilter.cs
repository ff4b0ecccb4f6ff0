using System.Globalization;
using Kontena.Contracts.Logs;
using Kontena.Core.Ids;

namespace Kontena.Api.Logs;

/// <summary>The query parameters every log endpoint takes (rest-api.md §19.2).</summary>
internal static class LogFilter
{
    public const int DefaultLimit = 100;
    public const int MostLines = 10_000;
    private const int MostItems = 100;

    /// <summary>The id before every line: what is asked for after it comes oldest first.</summary>
    public const string Beginning = "000000000000000000000000";

    /// <returns>Null when nothing can match: a <c>since</c> that is no time.</returns>
    public static QueryLogs? Apply(QueryLogs query, IQueryCollection parameters)
    {
        query = query with { Limit = LimitOf(parameters["limit"]) };
        if (parameters["search"].ToString() is { Length: > 0 } text)
            query = query with { Text = text };
        if (parameters["from"].ToString() is { Length: > 0 } from)
        {
            if (!ObjectId.IsValid(from))
                return null;
            query = query with { After = from };
            // After a line that was read, since says nothing more; from the beginning it says where that is.
            if (from != Beginning)
                return query;
        }

        if (parameters["since"].ToString() is not { Length: > 0 } since)
            return query;
        return TimeOf(since) is { } time ? query with { Since = time } : null;
    }

    /// <summary>The elements of a comma list; null when the parameter is not there.</summary>
    public static IReadOnlyList<string>? ListOf(IQueryCollection parameters, string name) =>
        parameters.TryGetValue(name, out var value) && value.ToString() is { Length: > 0 } text
            ? [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Take(MostItems)]
            : null;

    private static int LimitOf(string? text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var limit) && limit > 0
            ? Math.Min(limit, MostLines)
            : IsBigNumber(text) ? MostLines : DefaultLimit;

    private static bool IsBigNumber(string? text) => text is { Length: > 9 and < 100 } && text.All(char.IsAsciiDigit);

    private static DateTimeOffset? TimeOf(string text) =>
        DateTimeOffset.TryParse(text.Replace(" UTC", "Z", StringComparison.OrdinalIgnoreCase), CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : null;
}

using System.Globalization;
using Kontena.Api.Http;
using Kontena.Contracts.Logs;

namespace Kontena.Api.Logs;

/// <summary>The query parameters every log endpoint takes (rest-api.md §19.2).</summary>
internal static class LogFilter
{
    public const int DefaultLimit = 100;
    public const int MostLines = 10_000;
    private const int MostItems = 100;

    private static readonly QueryParameter Limit = new("limit", QueryType.Integer, "Lines at most; what is no number or below 1 counts as not there")
    {
        Default = "100", Least = 1, Most = MostLines,
    };
    public static readonly QueryParameter From = new("from", QueryType.Text, "The id of a line: only those after it, oldest first");
    public static readonly QueryParameter Since = new("since", QueryType.Time, "Only lines after this time; with from it counts only from the beginning");
    private static readonly QueryParameter Search = new("search", QueryType.Text, "Only lines that match this search");

    /// <summary>Stream lines as they come.</summary>
    public static readonly QueryParameter Follow = new("follow", QueryType.Presence, "Stream lines as they come: JSON objects without anything between them");

    /// <summary>What every log endpoint reads.</summary>
    public static readonly IReadOnlyList<QueryParameter> All = [Limit, From, Since, Search, Follow];

    /// <summary>What every event log reads.</summary>
    public static readonly IReadOnlyList<QueryParameter> OfEvents = [Limit, From, Since, Follow];

    /// <returns>Null when nothing can match.</returns>
    public static QueryLogs? Apply(QueryLogs query, IQueryCollection parameters) =>
        LogPlace.Of(parameters) is { } place ? At(Search.TextOf(parameters) is { } text ? query with { Text = text } : query, place) : null;

    public static QueryLogs At(QueryLogs query, LogPlace place) => query with { After = place.After, Since = place.Since, Limit = place.Limit };

    /// <summary>The elements of a comma list; null when the parameter is not there.</summary>
    public static IReadOnlyList<string>? ListOf(IQueryCollection parameters, QueryParameter list) =>
        list.TextOf(parameters) is { } text
            ? [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Take(MostItems)]
            : null;

    public static int LimitOf(IQueryCollection parameters) => LimitOf(Limit.TextOf(parameters));

    private static int LimitOf(string? text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var limit) && limit > 0
            ? Math.Min(limit, MostLines)
            : IsBigNumber(text) ? MostLines : DefaultLimit;

    private static bool IsBigNumber(string? text) => text is { Length: > 9 and < 100 } && text.All(char.IsAsciiDigit);

    /// <summary>Any form of a time, in UTC where it does not say; null for what is none.</summary>
    public static DateTimeOffset? TimeOf(string text) =>
        DateTimeOffset.TryParse(text.Replace(" UTC", "Z", StringComparison.OrdinalIgnoreCase), CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : null;
}

using Kontena.Core.Ids;

namespace Kontena.Api.Logs;

/// <summary>Which lines of a log are asked for, by place and time (rest-api.md §19.2).</summary>
/// <param name="After">Only lines after this id, oldest first; null: the newest.</param>
/// <param name="Since">Only what is later.</param>
/// <param name="Limit">1 to 10,000.</param>
internal sealed record LogPlace(string? After, DateTimeOffset? Since, int Limit)
{
    /// <summary>The id before every line: what is asked for after it comes oldest first.</summary>
    public const string Beginning = "000000000000000000000000";

    /// <returns>Null when nothing can match: a <c>since</c> that is no time, a <c>from</c> that is no id.</returns>
    public static LogPlace? Of(IQueryCollection parameters)
    {
        var place = new LogPlace(null, null, LogFilter.LimitOf(parameters));
        if (LogFilter.From.TextOf(parameters) is { } from)
        {
            if (!ObjectId.IsValid(from))
                return null;
            place = place with { After = from };
            // After a line that was read, since says nothing more; from the beginning it says where that is.
            if (from != Beginning)
                return place;
        }

        if (LogFilter.Since.TextOf(parameters) is not { } since)
            return place;
        return LogFilter.TimeOf(since) is { } time ? place with { Since = time } : null;
    }

    /// <summary>Where a stream goes on.</summary>
    /// <param name="last">The last line that was sent; null: none was, and what comes first is not cut to the newest.</param>
    /// <param name="limit">Lines that are read at once.</param>
    public LogPlace Next(string? last, int limit) => new(last ?? After ?? Beginning, last is null ? Since : null, limit);
}

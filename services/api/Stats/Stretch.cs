using Kontena.Api.Http;
using Kontena.Api.Logs;
using Kontena.Contracts.Commands;
using Kontena.Contracts.Stats;

namespace Kontena.Api.Stats;

/// <summary>The stretch of time that is asked for: from an hour before its end, which is now, if nothing else is said.</summary>
internal sealed record Stretch(DateTimeOffset Begin, DateTimeOffset End)
{
    public static readonly QueryParameter From = new("from", QueryType.Time, "Measurements from then on; an hour before to, when it is not there");
    public static readonly QueryParameter To = new("to", QueryType.Time, "Measurements up to then; now, when it is not there. At most 24 hours after from");

    private static readonly TimeSpan Usual = TimeSpan.FromHours(1);

    /// <exception cref="HttpRefusal">422 with everything that is wrong.</exception>
    public static Stretch Of(HttpContext http, DateTimeOffset now)
    {
        var mistakes = new List<FieldError>();
        var to = TimeOf(To, http, mistakes) ?? now;
        var from = TimeOf(From, http, mistakes) ?? (to - DateTimeOffset.MinValue < Usual ? DateTimeOffset.MinValue : to - Usual);
        if (mistakes.Count == 0 && from > to)
            mistakes.Add(FieldError.At("from", $"is after to, which is {to:yyyy-MM-dd'T'HH:mm:ss'Z'}; give an earlier one"));
        else if (mistakes.Count == 0 && to - from > QueryMetrics.Longest)
            mistakes.Add(FieldError.At("from", $"is more than {QueryMetrics.Longest.TotalHours:0} hours before to, which is {to:yyyy-MM-dd'T'HH:mm:ss'Z'}; ask in parts"));
        return mistakes.Count == 0 ? new Stretch(from, to) : throw HttpRefusal.Invalid(ErrorTree.Of(mistakes));
    }

    private static DateTimeOffset? TimeOf(QueryParameter parameter, HttpContext http, List<FieldError> mistakes)
    {
        if (parameter.TextOf(http) is not { } text)
            return null;
        if (LogFilter.TimeOf(text) is { } time)
            return time;
        mistakes.Add(FieldError.At(parameter.Name, $"'{(text.Length > 40 ? text[..40] + "…" : text)}' is no time; 2017-01-01T12:15:00Z is one"));
        return null;
    }
}

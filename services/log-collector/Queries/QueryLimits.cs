using Kontena.Contracts.Logs;
using Kontena.LogCollector.Storage;

namespace Kontena.LogCollector.Queries;

/// <summary>What a question may ask for.</summary>
internal static class QueryLimits
{
    public const int MostLines = 10_000;
    public const int MostItems = 100;

    /// <returns>A sentence, or null when the question can be answered.</returns>
    public static string? WhyNot(QueryLogs query)
    {
        if (query.Limit is < 1 or > MostLines)
            return $"limit is {query.Limit}; 1 to {MostLines} is possible";
        if (query.After is not null && LineId.Parse(query.After) is null)
            return "the place to go on from is not the id of a line";
        return new[] { query.AnyService, query.AnyContainer, query.AnyNode }.Any(list => list?.Count > MostItems)
            ? $"a list has more than {MostItems} names"
            : null;
    }
}

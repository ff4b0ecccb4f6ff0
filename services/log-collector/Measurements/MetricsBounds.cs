using Kontena.Contracts.Stats;

namespace Kontena.LogCollector.Measurements;

/// <summary>What a question for measurements may ask for.</summary>
internal static class MetricsBounds
{
    /// <summary>Names of interfaces in one row.</summary>
    public const int MostInterfaces = 16;

    /// <summary>Characters of such a name; Linux has 15.</summary>
    public const int LongestInterface = 64;

    /// <returns>A sentence, or null when the question can be answered.</returns>
    public static string? WhyNot(QueryMetrics query) =>
        query.To < query.From ? "the stretch of time ends before it begins"
        : query.To - query.From > QueryMetrics.Longest ? $"the stretch of time is longer than {QueryMetrics.Longest.TotalHours:0} hours; ask for it in parts"
        : (query.Stack is null) != (query.Service is null) ? "a service is named by its stack and its name, both"
        : query is { Node: not null, Service: not null } ? "it is either of a node or of a service"
        : null;
}

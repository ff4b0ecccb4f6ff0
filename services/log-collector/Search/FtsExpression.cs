namespace Kontena.LogCollector.Search;

/// <summary>A search as an FTS5 expression. Every text is quoted, so nothing a person types is read as syntax.</summary>
internal static class FtsExpression
{
    public static string Of(SearchNode node) => node switch
    {
        SearchNode.Phrase phrase => $"\"{phrase.Text.Replace("\"", "\"\"").Replace('\0', ' ')}\"{(phrase.Prefix ? " *" : "")}",
        SearchNode.Any any => $"({string.Join(" OR ", any.Options.Select(Of))})",
        SearchNode.All all => all.Unwanted.Aggregate($"({string.Join(" AND ", all.Wanted.Select(Of))})", (left, not) => $"({left} NOT {Of(not)})"),
        _ => throw new System.Diagnostics.UnreachableException($"no expression for {node.GetType().Name}"),
    };
}

using Kontena.Contracts.Events;
using Kontena.LogCollector.Storage;
using Microsoft.Data.Sqlite;

namespace Kontena.LogCollector.Events;

/// <summary>A question about events as conditions of SQL. What was asked for is always a parameter, never part of the text.</summary>
internal static class EventConditions
{
    public static string Of(QueryEvents query, SqliteCommand command)
    {
        var conditions = new List<string> { "grid = $grid" };
        command.Parameters.AddWithValue("$grid", query.Grid);
        if (query.After is { } after)
            Add("id >", LineId.Parse(after)?.Row ?? 0);
        if (query.Stack is { } stack)
            Add("stack =", stack);
        if (query.Service is { } service)
            Add("service =", service);
        if (query.Since is { } since)
            Add("at >", since.UtcTicks);
        Any("node", query.AnyNode);
        Any("stack", query.AnyStack);
        Any("stack || '/' || service", query.AnyService);
        return string.Join(" AND ", conditions);

        void Add(string comparison, object value) => conditions.Add($"{comparison} {Parameter(value)}");

        void Any(string column, IReadOnlyList<string>? names)
        {
            if (names is not null)
                conditions.Add(names.Count == 0 ? "0" : $"{column} IN ({string.Join(", ", names.Select(name => Parameter(name)))})");
        }

        string Parameter(object value)
        {
            var name = $"$p{command.Parameters.Count}";
            command.Parameters.AddWithValue(name, value);
            return name;
        }
    }
}

using System.Text.Json.Nodes;
using Kontena.Docker;

namespace Kontena.NodeAgent.Questions;

/// <summary>The processes of a container as the original's agent tells them: an object for each, by column title (rest-api.md §13.4). Pure.</summary>
internal static class ProcessList
{
    public static JsonArray Of(ProcessTable table) => new([.. table.Rows.Select(row => Process(table.Titles, row))]);

    private static JsonObject Process(IReadOnlyList<string> titles, IReadOnlyList<string> row)
    {
        var process = new JsonObject();
        foreach (var (title, text) in titles.Zip(row))
            process[title] = text;
        return process;
    }
}

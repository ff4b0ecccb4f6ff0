using Kontena.Cli.Api;
using Kontena.Cli.Output;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Features;

/// <summary>The options of all event commands and their printing: a head, then a row for each event (cli.md §10, §11, §13).</summary>
/// <param name="body">The command.</param>
/// <param name="widths">Of all columns but the last.</param>
internal sealed class EventFeature(CommandBody body, params int[] widths)
{
    private readonly LogFeature logs = new(body);

    /// <param name="path">The log's path; may carry filters.</param>
    /// <param name="heads">What stands above the columns.</param>
    /// <param name="cells">What stands in them.</param>
    public Task<int> PrintAsync(CommandRun run, string path, IReadOnlyList<string> heads, Func<EventJson, IReadOnlyList<string>> cells) =>
        logs.PrintAsync(
            run, path, LogKinds.Events, KontenaResponseJson.Wire.EventJson,
            line => run.Out.WriteLine(Row(cells(line), time => Coloured(run.Paint, line.Severity, time))),
            () => run.Out.WriteLine(Row(heads, static head => head)));

    public static string Time(EventJson line) => HttpTimes.Zulu(line.CreatedAt);

    /// <summary>The message, with the node's name where one is concerned.</summary>
    public static string WithNode(EventJson line) =>
        line.Relationships.FirstOrDefault(one => one.Type == "node") is { } node ? $"{line.Message} ({node.Id[(node.Id.IndexOf('/') + 1)..]})" : line.Message ?? "";

    /// <summary>What is concerned beside the grid: <c>service=shop/web,node=core-01</c>.</summary>
    public static string Concerned(EventJson line) => string.Join(',', line.Relationships.Where(one => one.Type != "grid").Select(one =>
    {
        var id = one.Id[(one.Id.IndexOf('/') + 1)..];
        return $"{one.Type}={(id.StartsWith("null/", StringComparison.Ordinal) ? id["null/".Length..] : id)}";
    }));

    private string Row(IReadOnlyList<string> cells, Func<string, string> paint) => string.Join(
        ' ', cells.Select((cell, at) => (at == 0 ? paint(cell) : cell) + (at < widths.Length ? new string(' ', Math.Max(0, widths[at] - cell.Length)) : "")));

    private static string Coloured(Paint paint, int severity, string time) => severity switch
    {
        >= 3 => paint.Red(time),
        2 => paint.Yellow(time),
        _ => time,
    };
}

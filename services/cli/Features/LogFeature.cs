using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Kontena.Cli.Api;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Features;

/// <summary>The options of all log commands and their printing (cli.md §16).</summary>
internal sealed class LogFeature(CommandBody body)
{
    private const int DefaultLines = 100;
    private readonly Option<bool> follow = body.Switch("--follow", "-f", "Go on with new lines until interrupted");
    private readonly Option<string?> tail = body.Text("--tail", null, "N", $"The last N lines (default: {DefaultLines})");
    private readonly Option<string?> lines = CommandBody.HiddenOption(body.Text("--lines", null, "N", "The older name of --tail"));
    private readonly Option<string?> since = body.Text("--since", null, "TIME", "Only lines newer than this, e.g. 2018-03-12T10:00:00Z or 15m");
    private readonly Option<bool> json = body.Switch("--json", null, "Print each line as the API's JSON");

    /// <summary>Lines that containers wrote.</summary>
    /// <param name="path">The log's path; may carry filters.</param>
    /// <param name="label">What stands before the text of a line.</param>
    public Task<int> PrintAsync(CommandRun run, string path, Func<LogLineJson, string> label)
    {
        var colours = new Dictionary<string, int>();
        return PrintAsync(run, path, LogKinds.Containers, KontenaResponseJson.Wire.LogLineJson, line =>
        {
            if (!colours.TryGetValue(line.Name, out var colour)) colours[line.Name] = colour = colours.Count;
            run.Out.WriteLine($"{HttpTimes.Zulu(line.CreatedAt)} {run.Paint.Numbered(colour, $"{label(line)}:")} {line.Data.TrimEnd('\n', '\r')}");
        });
    }

    /// <param name="path">The log's path; may carry filters.</param>
    /// <param name="wire">How a line looks with <c>--json</c>.</param>
    /// <param name="print">Prints one line for people.</param>
    /// <param name="begin">Prints what stands above them.</param>
    public async Task<int> PrintAsync<TLine>(
        CommandRun run, string path, LogKind<TLine> kind, JsonTypeInfo<TLine> wire, Action<TLine> print, Action? begin = null)
        where TLine : class
    {
        var query = new LogQuery
        {
            Path = path,
            Limit = run.Integer(tail, 1) ?? run.Integer(lines, 1) ?? DefaultLines,
            Since = Since(run),
            Follow = run.Value(follow),
        };
        using var interrupt = query.Follow ? run.Terminal.CatchInterrupt() : null;
        if (!run.Value(json)) begin?.Invoke();
        try
        {
            await foreach (var line in new LogReader<TLine>(run.Api, run.Time, kind).ReadAsync(query, interrupt?.Token ?? CancellationToken.None))
            {
                if (run.Value(json)) run.Out.WriteLine(JsonSerializer.Serialize(line, wire));
                else print(line);
                if (query.Follow) run.Out.Flush();
            }
        }
        catch (OperationCanceledException) when (interrupt?.Token.IsCancellationRequested == true)
        {
            return Exit.Interrupted;
        }

        return Exit.Done;
    }

    private string? Since(CommandRun run)
    {
        if (run.Value(since) is not { } text) return null;
        if (Durations.Seconds(text) is { } seconds) return HttpTimes.Zulu(run.Time.GetUtcNow().AddSeconds(-seconds));
        return DateTimeOffset.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal, out var time)
            ? HttpTimes.Zulu(time)
            : throw new UsageException($"option '--since': invalid value '{text}', expected a time such as 2018-03-12T10:00:00Z or an age such as 15m");
    }
}

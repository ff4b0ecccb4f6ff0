using System.CommandLine;
using System.Globalization;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Output;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Services;

/// <summary><c>kontena service runs NAME</c>: the runs that go on and those that are remembered, newest first.</summary>
internal sealed class RunsCommand : CommandBody
{
    private const int LongestReason = 80;
    private readonly Argument<string> name;
    private readonly GridFeature grid;
    private readonly OutputFeature output;

    public RunsCommand()
    {
        name = Required("NAME", "The service: name or stack/name");
        grid = new GridFeature(this);
        output = new OutputFeature(this, "Only the ids of the runs");
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var path = $"{ApiPaths.Service(grid.Of(run), run.Value(name))}/runs";
        var body = await run.Api.GetAsync(path, cancellationToken);
        if (output.WroteJson(run, body)) return Exit.Done;

        var table = new Table("RUN", "CAUSE", "TICK", "STARTED", "DURATION", "STATE", "EXIT", "NODE", "REASON");
        foreach (var one in ApiClient.Read(path, body, KontenaResponseJson.Default.RunsJson).Runs)
        {
            if (output.Quiet(run)) run.Out.WriteLine(one.Id);
            table.Add(
                one.Id,
                one.Cause.Replace('_', '-'),
                one.Tick is { } tick ? tick.ToUniversalTime().ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture) : "-",
                one.StartedAt is { } started ? $"{Ages.Terse(started, run.Time.GetUtcNow())} ago" : "-",
                one.StartedAt is { } since ? Ages.Span((one.FinishedAt ?? run.Time.GetUtcNow()) - since) : "-",
                State(one.State, run.Paint),
                one.ExitCode?.ToString(CultureInfo.InvariantCulture) ?? "-",
                one.Node ?? "-",
                Short(one.Reason));
        }

        if (!output.Quiet(run)) table.Write(run.Out, run.Paint);
        return Exit.Done;
    }

    private static string Short(string? reason)
    {
        var line = reason?.Split('\n')[0] ?? "";
        return line.Length <= LongestReason ? line : line[..(LongestReason - 1)] + "…";
    }

    private static string State(string state, Paint paint) => state switch
    {
        "succeeded" => paint.Green(state),
        "failed" => paint.Red(state),
        "stopped" or "skipped" => paint.Yellow(state),
        _ => paint.Blue(state),
    };
}

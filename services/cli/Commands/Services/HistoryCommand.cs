using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Output;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Services;

/// <summary><c>kontena service history NAME</c>: the kept revisions, newest first, what changed and what became of them.</summary>
internal sealed class HistoryCommand : CommandBody
{
    private readonly Argument<string> name;
    private readonly GridFeature grid;
    private readonly OutputFeature output;

    public HistoryCommand()
    {
        name = Required("NAME", "The service: name or stack/name");
        grid = new GridFeature(this);
        output = new OutputFeature(this, "Only the numbers of the revisions");
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var path = $"{ApiPaths.Service(grid.Of(run), run.Value(name))}/revisions";
        var body = await run.Api.GetAsync(path, cancellationToken);
        if (output.WroteJson(run, body)) return Exit.Done;

        var table = new Table("REVISION", "CREATED", "CAUSE", "IMAGE", "CHANGES", "LAST DEPLOY");
        foreach (var revision in ApiClient.Read(path, body, KontenaResponseJson.Default.RevisionsJson).Revisions)
        {
            if (output.Quiet(run)) run.Out.WriteLine(revision.Revision);
            table.Add(
                revision.Current ? $"{revision.Revision} (current)" : $"{revision.Revision}",
                $"{Ages.Terse(revision.CreatedAt, run.Time.GetUtcNow())} ago",
                revision.Cause,
                revision.Image,
                string.Join(",", revision.Changes),
                State(revision.Deploy?.State, run.Paint));
        }

        if (!output.Quiet(run)) table.Write(run.Out, run.Paint);
        return Exit.Done;
    }

    private static string State(string? state, Paint paint) => state switch
    {
        "success" => paint.Green(state),
        "error" => paint.Red(state),
        null => "-",
        _ => paint.Blue(state),
    };
}

using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Output;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Volumes;

/// <summary><c>kontena volume ls</c> (cli.md §15.1).</summary>
internal sealed class ListCommand : CommandBody
{
    private readonly GridFeature grid;
    private readonly OutputFeature output;
    private readonly Option<bool> full;
    private readonly Option<bool> terse;

    public ListCommand()
    {
        grid = new GridFeature(this);
        output = new OutputFeature(this, "Only names");
        full = Switch("--long", "-l", "Times in full (default when the output is not a terminal)");
        terse = HiddenOption(Switch("--no-long", null, "How long ago instead of times"));
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var path = ApiPaths.Volumes(grid.Of(run));
        var body = await run.Api.GetAsync(path, cancellationToken);
        if (output.WroteJson(run, body)) return Exit.Done;
        var volumes = ApiClient.Read(path, body, KontenaResponseJson.Default.VolumesJson).Volumes.OrderBy(volume => volume.Name, StringComparer.Ordinal).ToList();
        if (output.Quiet(run))
        {
            foreach (var volume in volumes) run.Out.WriteLine(volume.Name);
            return Exit.Done;
        }

        var table = new Table("NAME", "SCOPE", "DRIVER", "CREATED_AT");
        foreach (var volume in volumes) table.Add(volume.Name, volume.Scope, volume.Driver, Created(run, volume));
        table.Write(run.Out, run.Paint);
        if (volumes.Count == 0) run.Next("kontena volume create --driver local --scope instance NAME");
        return Exit.Done;
    }

    // Scripts get the time itself; people how long ago it was.
    private string Created(CommandRun run, VolumeJson volume) => run.Value(full) || (!run.Terminal.OutIsTerminal && !run.Value(terse))
        ? HttpTimes.Zulu(volume.CreatedAt)
        : Ages.Ago(volume.CreatedAt, run.Time.GetUtcNow());
}

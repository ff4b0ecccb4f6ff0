using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Output;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Containers;

/// <summary><c>kontena container ls</c> (cli.md §10), newest first.</summary>
internal sealed class ListCommand : CommandBody
{
    private const int LongestCommand = 26;
    private readonly GridFeature grid;
    private readonly Option<bool> all;
    private readonly OutputFeature output;

    public ListCommand()
    {
        grid = new GridFeature(this);
        all = Switch("--all", "-a", "Also containers that do not run");
        output = new OutputFeature(this, "Only ids (node/name)");
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var path = $"containers/{ApiPaths.Id(grid.Of(run))}{(run.Value(all) ? "?all=1" : "")}";
        var body = await run.Api.GetAsync(path, cancellationToken);
        if (output.WroteJson(run, body)) return Exit.Done;
        var containers = ApiClient.Read(path, body, KontenaResponseJson.Default.ContainersJson).Containers.Reverse();
        var table = new Table("CONTAINER_ID", "IMAGE", "COMMAND", "CREATED", "STATUS");
        foreach (var container in containers)
        {
            var id = $"{container.Node?.Name ?? "-"}/{container.Name}";
            if (output.Quiet(run)) run.Out.WriteLine(id);
            else table.Add(id, container.Image ?? "", Command(container.Cmd), Ages.Ago(container.CreatedAt, run.Time.GetUtcNow()), Status(container.State));
        }

        if (!output.Quiet(run)) table.Write(run.Out, run.Paint);
        return Exit.Done;
    }

    private static string Command(IReadOnlyList<string>? words)
    {
        var text = string.Join(' ', words ?? []);
        return $"\"{(text.Length > LongestCommand ? $"{text[..(LongestCommand - 1)]}.." : text)}\"";
    }

    private static string Status(ContainerStateJson state) => state switch
    {
        { Paused: true } => "paused",
        { Restarting: true } => "restarting",
        { OomKilled: true } => "oom_killed",
        { Dead: true } => "dead",
        { Running: true } => "running",
        _ => "stopped",
    };
}

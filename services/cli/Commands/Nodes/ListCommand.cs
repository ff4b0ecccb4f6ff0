using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Output;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Nodes;

/// <summary><c>kontena node ls</c> (cli.md §14).</summary>
internal sealed class ListCommand : CommandBody
{
    private readonly GridFeature grid;
    private readonly Option<bool> all;
    private readonly OutputFeature output;

    public ListCommand()
    {
        grid = new GridFeature(this);
        all = Switch("--all", "-a", "Nodes of every grid");
        output = new OutputFeature(this, "Only names");
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var everywhere = run.Value(all);
        var grids = everywhere
            ? (await run.Api.GetAsync("grids", KontenaResponseJson.Default.GridsJson, cancellationToken)).Grids.Select(item => item.Name).ToList()
            : [grid.Of(run)];
        var table = new Table("NAME", "VERSION", "STATUS", "INITIAL", "LABELS");
        foreach (var name in grids)
        {
            var path = $"{ApiPaths.Grid(name)}/nodes";
            var body = await run.Api.GetAsync(path, cancellationToken);
            if (output.WroteJson(run, body)) continue;
            foreach (var node in ApiClient.Read(path, body, KontenaResponseJson.Default.NodesJson).Nodes.OrderBy(item => item.NodeNumber))
            {
                var shown = everywhere ? $"{name}/{node.Name}" : node.Name;
                if (output.Quiet(run)) run.Out.WriteLine(shown);
                else table.Add(
                    $"{HealthIcon.Of(HealthOf(node), run.Paint)} {shown}",
                    node.VersionSkew is { } skew ? $"{node.AgentVersion} ({skew})" : node.AgentVersion ?? "-",
                    Status(node, run.Time.GetUtcNow()),
                    node is { InitialMember: true, Grid: { } home } ? $"{node.NodeNumber} / {home.InitialSize}" : "-",
                    node.Labels is { Count: > 0 } labels ? string.Join(",", labels) : "-");
            }
        }

        if (!output.Quiet(run) && !output.WantsJson(run)) table.Write(run.Out, run.Paint);
        return Exit.Done;
    }

    private static Health HealthOf(NodeJson node) => node.Status switch
    {
        "online" when node is { Degraded: true } => Health.Partial,
        "online" => Health.Healthy,
        "drain" or "connecting" or "restarting" => Health.Partial,
        _ => Health.Unknown,
    };

    private static string Status(NodeJson node, DateTimeOffset now)
    {
        DateTimeOffset? since = node.Status switch
        {
            "online" or "connecting" => node.ConnectedAt,
            "offline" => node.DisconnectedAt,
            "created" => node.CreatedAt,
            _ => null,
        };
        var status = since is { } time ? $"{node.Status} {Ages.Terse(time, now)}" : node.Status;
        if (node.Drain is { } drain)
            status += drain.FinishedAt is not null ? " (done)" : $" ({drain.Left.Count}/{drain.Instances} left)";
        return node.Degraded ? status + " (degraded)" : status;
    }
}

using Kontena.Cli.Api;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Nodes;

/// <summary>Reads and replaces the labels of a node.</summary>
internal static class NodeLabels
{
    public static async Task<IReadOnlyList<string>> ReadAsync(CommandRun run, string grid, string node, CancellationToken cancellationToken) =>
        (await run.Api.GetAsync(ApiPaths.Node(grid, node), KontenaResponseJson.Default.NodeJson, cancellationToken)).Labels ?? [];

    public static Task WriteAsync(CommandRun run, string grid, string node, IReadOnlyList<string> labels, CancellationToken cancellationToken) =>
        run.Api.PutAsync(ApiPaths.Node(grid, node), new NodeRequest { Labels = labels },
            KontenaResponseJson.Default.NodeRequest, KontenaResponseJson.Default.NodeJson, cancellationToken);
}

using Kontena.Cli.Api;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Grids;

/// <summary>The trusted subnets of a grid, read and written whole as the API has them.</summary>
internal static class TrustedSubnets
{
    public static async Task<IReadOnlyList<string>> ReadAsync(CommandRun run, string grid, CancellationToken cancellationToken) =>
        (await run.Api.GetAsync(ApiPaths.Grid(grid), KontenaResponseJson.Default.GridJson, cancellationToken)).TrustedSubnets;

    public static Task WriteAsync(CommandRun run, string grid, IReadOnlyList<string> subnets, CancellationToken cancellationToken) => run.Api.PutAsync(
        ApiPaths.Grid(grid), new GridRequest { TrustedSubnets = subnets }, KontenaResponseJson.Default.GridRequest, KontenaResponseJson.Default.GridJson, cancellationToken);
}

using System.CommandLine;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;

namespace Kontena.Cli.Commands.Grids;

/// <summary><c>kontena grid trusted-subnet add CIDR ...</c>: those that are there already stay once.</summary>
internal sealed class TrustedSubnetAddCommand : CommandBody
{
    private readonly Argument<string[]> subnets;
    private readonly GridFeature grid;

    public TrustedSubnetAddCommand()
    {
        subnets = Several("CIDR", "Networks such as 10.0.0.0/8");
        grid = new GridFeature(this);
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var (where, added) = (grid.Of(run), run.Value(subnets));
        await run.Progress.RunAsync($"Adding {string.Join(", ", added)} to the trusted subnets of {where}", async _ =>
        {
            var present = await TrustedSubnets.ReadAsync(run, where, cancellationToken);
            await TrustedSubnets.WriteAsync(run, where, [.. present.Union(added)], cancellationToken);
        });
        return Exit.Done;
    }
}

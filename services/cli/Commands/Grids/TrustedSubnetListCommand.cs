using Kontena.Cli.Features;
using Kontena.Cli.Parsing;

namespace Kontena.Cli.Commands.Grids;

/// <summary><c>kontena grid trusted-subnet ls</c>: one per line.</summary>
internal sealed class TrustedSubnetListCommand : CommandBody
{
    private readonly GridFeature grid;

    public TrustedSubnetListCommand() => grid = new GridFeature(this);

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        foreach (var subnet in await TrustedSubnets.ReadAsync(run, grid.Of(run), cancellationToken)) run.Out.WriteLine(subnet);
        return Exit.Done;
    }
}

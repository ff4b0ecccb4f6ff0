using System.CommandLine;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;

namespace Kontena.Cli.Commands.Grids;

/// <summary><c>kontena grid trusted-subnet rm CIDR ...</c>: what goes between nodes in them is encrypted from then on, where the driver is auto.</summary>
internal sealed class TrustedSubnetRemoveCommand : CommandBody
{
    private readonly Argument<string[]> subnets;
    private readonly GridFeature grid;
    private readonly ConfirmFeature confirm;

    public TrustedSubnetRemoveCommand()
    {
        subnets = Several("CIDR", "Networks such as 10.0.0.0/8");
        grid = new GridFeature(this);
        confirm = new ConfirmFeature(this);
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var (where, removed) = (grid.Of(run), run.Value(subnets));
        foreach (var subnet in removed) confirm.ByName(run, subnet);
        var present = await TrustedSubnets.ReadAsync(run, where, cancellationToken);
        var missing = removed.Except(present).ToList();
        if (missing.Count > 0)
            throw new CliException($"Grid {where} does not trust {string.Join(", ", missing)}", remedy: "Its trusted subnets: kontena grid trusted-subnet ls");
        await run.Progress.RunAsync(
            $"Removing {string.Join(", ", removed)} from the trusted subnets of {where}", _ => TrustedSubnets.WriteAsync(run, where, [.. present.Except(removed)], cancellationToken));
        return Exit.Done;
    }
}

using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;

namespace Kontena.Cli.Commands.Registries;

/// <summary><c>kontena external-registry rm NAME</c> (cli.md §15.4).</summary>
internal sealed class RemoveCommand : CommandBody
{
    private readonly Argument<string> name;
    private readonly GridFeature grid;
    private readonly ConfirmFeature confirm;

    public RemoveCommand()
    {
        name = Required("NAME", "The registry's host, with its port");
        grid = new GridFeature(this);
        confirm = new ConfirmFeature(this);
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var (where, which) = (grid.Of(run), run.Value(name));
        confirm.ByName(run, which);
        await run.Progress.RunAsync(
            $"Removing {which} from the registries of grid {where}", _ => run.Api.DeleteAsync(ApiPaths.Registry(where, which), cancellationToken));
        return Exit.Done;
    }
}

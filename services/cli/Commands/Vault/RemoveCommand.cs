using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;

namespace Kontena.Cli.Commands.Vault;

/// <summary><c>kontena vault rm NAME ...</c> (cli.md §11).</summary>
internal sealed class RemoveCommand : CommandBody
{
    private readonly Argument<string[]> names;
    private readonly GridFeature grid;
    private readonly ConfirmFeature confirm;

    public RemoveCommand()
    {
        names = Several("NAME", "The secrets to remove");
        grid = new GridFeature(this);
        confirm = new ConfirmFeature(this);
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var where = grid.Of(run);
        foreach (var name in run.Value(names))
        {
            confirm.ByName(run, name);
            await run.Progress.RunAsync($"Removing {name} from the vault", _ => run.Api.DeleteAsync(ApiPaths.Secret(where, name), cancellationToken));
        }

        return Exit.Done;
    }
}

using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;

namespace Kontena.Cli.Commands.Masters.Integrations;

/// <summary><c>kontena master integration rm NAME ...</c>: with its login, its connections and its queues.</summary>
internal sealed class RemoveCommand : CommandBody
{
    private readonly Argument<string[]> names;
    private readonly ConfirmFeature confirm;

    public RemoveCommand()
    {
        names = Several("NAME", "The integrations to remove");
        confirm = new ConfirmFeature(this);
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        foreach (var name in run.Value(names))
        {
            confirm.ByName(run, name);
            await run.Progress.RunAsync($"Removing {name} integration", _ => run.Api.DeleteAsync(ApiPaths.Integration(name), cancellationToken));
        }

        return Exit.Done;
    }
}

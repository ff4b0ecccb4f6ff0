using System.CommandLine;
using Kontena.Cli.Parsing;

namespace Kontena.Cli.Commands.General;

/// <summary><c>kontena help stack install</c> is <c>kontena stack install --help</c>.</summary>
internal sealed class HelpCommand : CommandBody
{
    private readonly Argument<string[]> words;

    public HelpCommand() => words = Any("COMMAND", "The command to explain, e.g. stack install");

    public override Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var found = Resolution.Of(CommandTree.Root, run.Value(words) ?? []);
        if (found.Entry is LeafEntry leaf) HelpText.Write(run.Out, found.Path, leaf, leaf.Create());
        else HelpText.Write(run.Out, found.Path, (GroupEntry)found.Entry);
        return Task.FromResult(Exit.Done);
    }
}

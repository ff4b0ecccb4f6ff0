using System.CommandLine;
using Kontena.Cli.Parsing;

namespace Kontena.Cli.Commands.General;

/// <summary>
/// <c>kontena complete</c>, hidden: candidates for the shell, one per line, from the command tree and the settings alone (cli.md §21).
/// Never fails and never asks a server.
/// </summary>
internal sealed class CompleteCommand : CommandBody
{
    private readonly Option<bool> tree;
    private readonly Argument<string[]> words;

    public CompleteCommand()
    {
        tree = Switch("--subcommand-tree", null, "Print every command, one per line");
        words = Any("WORD", "The words typed so far, the first being kontena");
    }

    public override Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        if (run.Value(tree)) PrintTree(run.Out, CommandTree.Root, "kontena");
        else foreach (var candidate in Candidates(run, run.Value(words) ?? [])) run.Out.WriteLine(candidate);
        return Task.FromResult(Exit.Done);
    }

    private static void PrintTree(TextWriter output, CommandEntry entry, string path)
    {
        output.WriteLine(path);
        if (entry is not GroupEntry group) return;
        foreach (var child in group.Children().Where(child => !child.Hidden)) PrintTree(output, child, $"{path} {child.Name}");
    }

    private static IEnumerable<string> Candidates(CommandRun run, string[] words)
    {
        CommandEntry entry = CommandTree.Root;
        foreach (var word in words.Skip(1))
        {
            if (entry is not GroupEntry group) break;
            if (Array.Find(group.Children(), child => child.Answers(word)) is not { } next) break;
            entry = next;
        }

        if (entry is GroupEntry inside) return inside.Children().Where(child => !child.Hidden).Select(child => child.Name);
        if (words is not [_, "master", var verb, ..]) return [];
        try
        {
            var servers = run.Session.Settings.Servers.Select(server => server.Name);
            return verb == "use" ? servers.Where(name => name != run.Session.Settings.CurrentServer) : verb is "rm" or "remove" ? servers : [];
        }
        catch (CliException)
        {
            return [];
        }
    }
}

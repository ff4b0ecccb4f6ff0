using Kontena.Cli.Parsing;

namespace Kontena.Cli.Commands.General;

/// <summary><c>kontena docs</c>, hidden: prints <c>infra/docs/cli.md</c> from the command tree, so that it cannot drift.</summary>
internal sealed class DocsCommand : CommandBody
{
    public override Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var output = run.Out;
        output.WriteLine("# The `kontena` command line");
        output.WriteLine();
        output.WriteLine("Printed by `kontena docs`; a test checks that it is current. `kontena COMMAND --help` says more about each command.");
        output.WriteLine("Data goes to standard output, everything else to standard error. Exit codes: 0 done, 1 failed, 130 interrupted; `exec` passes its command's code on.");
        output.WriteLine("Every command also takes `-h, --help` and `-D, --[no-]debug`.");
        foreach (var entry in CommandTree.Root.Children().OfType<GroupEntry>().Where(entry => !entry.Hidden)) Section(output, entry);
        output.WriteLine();
        output.WriteLine("## Other commands");
        output.WriteLine();
        Header(output);
        foreach (var leaf in CommandTree.Root.Children().OfType<LeafEntry>().Where(leaf => !leaf.Hidden)) Row(output, "", leaf);
        return Task.FromResult(Exit.Done);
    }

    private static void Section(TextWriter output, GroupEntry group)
    {
        output.WriteLine();
        output.WriteLine($"## `kontena {group.Name}`");
        output.WriteLine();
        output.WriteLine($"{group.Description}.");
        output.WriteLine();
        Header(output);
        Rows(output, $"{group.Name} ", group);
    }

    private static void Header(TextWriter output)
    {
        output.WriteLine("| command | does | options | example |");
        output.WriteLine("|---|---|---|---|");
    }

    private static void Rows(TextWriter output, string prefix, GroupEntry group)
    {
        foreach (var child in group.Children().Where(child => !child.Hidden))
        {
            if (child is LeafEntry leaf) Row(output, prefix, leaf);
            else if (child is GroupEntry inner) Rows(output, $"{prefix}{inner.Name} ", inner);
        }
    }

    private static void Row(TextWriter output, string prefix, LeafEntry leaf)
    {
        var body = leaf.Create();
        var names = string.Join('\\', leaf.Aliases.Prepend(leaf.Name)).Replace("\\", "\\|", StringComparison.Ordinal);
        var parameters = string.Concat(body.Arguments.Select(argument => $" {HelpText.Usage(argument)}"));
        var options = string.Join(", ", body.Options.Where(option => !option.Hidden).Select(option => $"`{Cell(HelpText.Usage(option))}`"));
        output.WriteLine($"| `{prefix}{names}{parameters}` | {Cell(leaf.Description)} | {options} | `kontena {Cell(leaf.Example)}` |");
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}

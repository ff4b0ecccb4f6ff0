using System.CommandLine;
using Kontena.Cli.Output;
using Kontena.Cli.Parsing;

namespace Kontena.Cli.Commands.Masters;

/// <summary><c>kontena master ls</c>: the masters in the settings; no server is asked.</summary>
internal sealed class ListCommand : CommandBody
{
    private readonly Option<bool> quiet;

    public ListCommand() => quiet = Switch("--quiet", "-q", "Only names");

    public override Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var table = new Table("NAME", "URL");
        foreach (var server in run.Session.Settings.Servers)
        {
            if (run.Value(quiet)) run.Out.WriteLine(server.Name);
            else table.Add($"{(server.Name == run.Session.Settings.CurrentServer ? "* " : "")}{server.Name}", server.Url);
        }

        if (!run.Value(quiet)) table.Write(run.Out, run.Paint);
        return Task.FromResult(Exit.Done);
    }
}

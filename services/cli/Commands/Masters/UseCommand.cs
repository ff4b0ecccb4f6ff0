using System.CommandLine;
using Kontena.Cli.Parsing;

namespace Kontena.Cli.Commands.Masters;

/// <summary><c>kontena master use NAME</c>: later commands go there.</summary>
internal sealed class UseCommand : CommandBody
{
    private readonly Argument<string?> name;
    private readonly Option<bool> clear;

    public UseCommand()
    {
        name = Optional("NAME", "A name from kontena master ls");
        clear = Switch("--clear", null, "Select none");
    }

    public override Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        if (run.Value(clear))
        {
            run.Session.UseMaster(null);
            run.Session.Save();
            return Task.FromResult(Exit.Done);
        }

        var wanted = run.Value(name) ?? throw new UsageException("parameter 'NAME': no value provided");
        var master = run.Session.Settings.Find(wanted)
            ?? throw new CliException($"Master {wanted} was not found in configuration", remedy: "The masters there are: kontena master ls");
        run.Session.UseMaster(master);
        run.Session.Save();
        run.Out.WriteLine($"Using master: {master.Name} ({master.Url})");
        run.Out.WriteLine($"Using grid: {(string.IsNullOrEmpty(master.Grid) ? "<none>" : master.Grid)}");
        return Task.FromResult(Exit.Done);
    }
}

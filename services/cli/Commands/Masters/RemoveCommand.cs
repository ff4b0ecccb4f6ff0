using System.CommandLine;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;

namespace Kontena.Cli.Commands.Masters;

/// <summary><c>kontena master rm NAME</c>: forgets the master here; the master itself is not touched.</summary>
internal sealed class RemoveCommand : CommandBody
{
    private readonly Argument<string> name;
    private readonly ConfirmFeature confirm;

    public RemoveCommand()
    {
        name = Required("NAME", "A name from kontena master ls");
        confirm = new ConfirmFeature(this);
    }

    public override Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var settings = run.Session.Settings;
        var master = settings.Find(run.Value(name))
            ?? throw new CliException("Master not found in configuration", remedy: "The masters there are: kontena master ls");
        confirm.ByYes(run, $"Removing master {master.Name} from the configuration.");
        settings.Servers.Remove(master);
        var wasCurrent = settings.CurrentServer == master.Name;
        if (wasCurrent) run.Session.UseMaster(null);
        run.Session.Save();
        if (wasCurrent) run.Next("kontena master use NAME");
        return Task.FromResult(Exit.Done);
    }
}

using System.CommandLine;
using Kontena.Cli.Parsing;

namespace Kontena.Cli.Commands.Masters;

/// <summary><c>kontena master logout</c>: forgets tokens; nothing selected is no failure.</summary>
internal sealed class LogoutCommand : CommandBody
{
    private readonly Option<bool> all;

    public LogoutCommand() => all = Switch("--all", "-A", "Forget the tokens of every master");

    public override Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var masters = run.Value(all) ? run.Session.Settings.Servers : run.Session.Master is { } current ? [current] : [];
        if (masters.Count == 0) run.Say("No master is selected.");
        foreach (var master in masters)
        {
            (master.Token, master.RefreshToken, master.TokenExpiresAt) = (null, null, null);
            run.Out.WriteLine($"Logged out of {master.Name}");
        }

        if (masters.Count > 0) run.Session.Save();
        return Task.FromResult(Exit.Done);
    }
}

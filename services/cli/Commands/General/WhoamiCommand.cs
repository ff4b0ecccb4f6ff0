using System.CommandLine;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.General;

/// <summary><c>kontena whoami</c>: where commands go and as whom (cli.md §15.5).</summary>
internal sealed class WhoamiCommand : CommandBody
{
    private readonly Option<bool> token;

    public WhoamiCommand() => token = HiddenOption(Switch("--token", null, "Print the access token"));

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var master = run.Session.RequireMaster();
        if (run.Value(token))
        {
            run.Out.WriteLine(run.Session.Token ?? throw new CliException("There is no access token", remedy: "Log in: kontena master login --token TOKEN URL"));
            return Exit.Done;
        }

        run.Out.WriteLine($"Master: {master.Name}");
        run.Out.WriteLine($"URL: {master.Url}");
        run.Out.WriteLine($"Grid: {run.Session.Grid}");
        if (run.Session.FromEnvironment) return Exit.Done;
        if (master.Username is null)
        {
            var user = await run.Api.GetAsync("user", KontenaResponseJson.Default.UserJson, cancellationToken);
            master.Username = user.Email;
            run.Session.Save();
        }

        run.Out.WriteLine($"User: {master.Username}");
        return Exit.Done;
    }
}

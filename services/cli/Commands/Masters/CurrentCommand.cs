using System.CommandLine;
using Kontena.Cli.Parsing;

namespace Kontena.Cli.Commands.Masters;

/// <summary><c>kontena master current</c>.</summary>
internal sealed class CurrentCommand : CommandBody
{
    private readonly Option<bool> name;
    private readonly Option<bool> address;
    private readonly Option<bool> url;

    public CurrentCommand()
    {
        name = Switch("--name", null, "Only the name");
        address = Switch("--address", null, "Only the host name");
        url = Switch("--url", null, "Only the URL");
    }

    public override Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var master = run.Session.RequireMaster();
        run.Out.WriteLine(
            run.Value(name) ? master.Name
            : run.Value(address) ? Uri.TryCreate(master.Url, UriKind.Absolute, out var uri) ? uri.Host : master.Url
            : run.Value(url) ? master.Url
            : $"{master.Name} {master.Url}");
        return Task.FromResult(Exit.Done);
    }
}

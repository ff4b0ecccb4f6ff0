using System.CommandLine;
using Kontena.Cli.Output;
using Kontena.Cli.Parsing;

namespace Kontena.Cli.Commands.General;

/// <summary><c>kontena version</c>: never fails because of an unreachable master (cli.md §15.5).</summary>
internal sealed class VersionCommand : CommandBody
{
    private readonly Option<bool> clientOnly;

    public VersionCommand() => clientOnly = Switch("--cli", null, "Only the version of this client");

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        run.Out.WriteLine($"cli: {CliVersion.Text}");
        if (run.Value(clientOnly) || run.Session.Master is null) return Exit.Done;
        try
        {
            // One member read without its type: setting up the serializer would take a third of this command's time.
            var master = await run.Api.GetAsync("/", cancellationToken);
            run.Out.WriteLine($"master: {JsonText.Member(master, "version") ?? "unknown"} ({run.Api.Url})");
        }
        catch (CliException error)
        {
            run.Say($"master: {error.Message}");
        }

        return Exit.Done;
    }
}

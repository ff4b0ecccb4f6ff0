using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Nodes;

/// <summary><c>kontena node create NAME</c>: a record and a token for one machine, and the line to run on it (cli.md §14).</summary>
internal sealed class CreateCommand : CommandBody
{
    private readonly Argument<string> name;
    private readonly GridFeature grid;
    private readonly Option<string?> token;
    private readonly Option<string[]> labels;
    private readonly Option<string?> expires;

    public CreateCommand()
    {
        name = Required("NAME", "The node's name");
        grid = new GridFeature(this);
        token = Text("--token", null, "TOKEN", "The token it joins with, 16 to 256 characters (default: a random one)");
        labels = Many("--label", "-l", "LABEL", "A label such as region=eu (repeatable)");
        expires = Text("--expires-in", null, "SECONDS", "Let the machine join only within this time (default: any time)");
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var (where, wanted) = (grid.Of(run), run.Value(name));
        var request = new NodeRequest { Name = wanted, Token = run.Value(token), Labels = run.Values(labels), ExpiresIn = run.Integer(expires, 1) };
        await run.Progress.RunAsync($"Creating {wanted} node", _ => run.Api.PostAsync(
            $"{ApiPaths.Grid(where)}/nodes", request, KontenaResponseJson.Default.NodeRequest, KontenaResponseJson.Default.NodeJson, cancellationToken));
        var given = await run.Api.GetAsync(ApiPaths.NodeToken(where, wanted), KontenaResponseJson.Default.NodeTokenJson, cancellationToken);
        var (needs, line) = await JoinLine.OfAsync(run, given.Token, cancellationToken);
        run.Say($"Run this on the machine, which needs {needs}:");
        run.Out.WriteLine(line);
        JoinLine.WarnOfAddress(run);
        run.Next($"kontena node show {wanted}");
        return Exit.Done;
    }
}

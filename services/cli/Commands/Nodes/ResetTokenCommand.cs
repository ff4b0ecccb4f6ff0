using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Nodes;

/// <summary><c>kontena node reset-token NODE</c>: shuts the agent out that is there now, and lets the machine join with another token (cli.md §14).</summary>
internal sealed class ResetTokenCommand : CommandBody
{
    private readonly Argument<string> name;
    private readonly GridFeature grid;
    private readonly Option<string?> token;
    private readonly Option<bool> clear;
    private readonly Toggle reset;
    private readonly Option<string?> expires;
    private readonly ConfirmFeature confirm;

    public ResetTokenCommand()
    {
        name = Required("NODE", "The node");
        grid = new GridFeature(this);
        token = Text("--token", null, "TOKEN", "The new token, 16 to 256 characters (default: a random one)");
        clear = Switch("--clear-token", null, "Take the token away: the grid's token opens the node");
        reset = Toggle("reset-connection", true, "Shut out the agent that is connected now");
        expires = Text("--expires-in", null, "SECONDS", "Let a machine that has not joined yet join only within this time (default: any time)");
        confirm = new ConfirmFeature(this);
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        if (run.Value(clear) && run.Given(token)) throw new UsageException("Use either --token or --clear-token");
        var (where, node) = (grid.Of(run), run.Value(name));
        var path = ApiPaths.NodeToken(where, node);
        var shuts = run.Value(reset);
        confirm.ByYes(run, shuts
            ? $"Node {node} loses its connection until it joins with the new token; its containers run on."
            : $"The token of node {node} is replaced; its agent stays connected.");
        if (run.Value(clear))
        {
            await run.Progress.RunAsync($"Clearing the token of {node}", _ => run.Api.DeleteAsync(
                path, new NodeTokenRequest { ResetConnection = shuts }, KontenaResponseJson.Default.NodeTokenRequest, cancellationToken));
            return Exit.Done;
        }

        var request = new NodeTokenRequest { Token = run.Value(token), ResetConnection = shuts, ExpiresIn = run.Integer(expires, 1) };
        var given = await run.Progress.RunAsync($"Resetting the token of {node}", _ => run.Api.PutAsync(
            path, request, KontenaResponseJson.Default.NodeTokenRequest, KontenaResponseJson.Default.NodeTokenJson, cancellationToken));
        run.Say("Run this on its machine to let it in again:");
        run.Out.WriteLine((await JoinLine.OfAsync(run, given.Token, cancellationToken)).Line);
        JoinLine.WarnOfAddress(run);
        return Exit.Done;
    }
}

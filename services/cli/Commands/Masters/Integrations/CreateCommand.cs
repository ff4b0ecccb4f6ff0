using System.CommandLine;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Masters.Integrations;

/// <summary><c>kontena master integration create NAME</c>: a program that speaks over the broker, and its address there, shown this once.</summary>
internal sealed class CreateCommand : CommandBody
{
    private readonly Argument<string> name;
    private readonly Option<string[]> grids;
    private readonly Option<string[]> roles;

    public CreateCommand()
    {
        name = Required("NAME", "Its name: 2 to 32 of a-z, 0-9 and -");
        grids = Many("--grid", null, "GRID", "A grid it may use (repeatable)");
        roles = Many("--role", null, "ROLE", "master_admin, grid_admin or user_admin (repeatable), or viewer, who only reads (default: what a user of the grids may do)");
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var request = new IntegrationRequest { Name = run.Value(name), Grids = run.Values(grids), Roles = run.Values(roles) };
        NewIntegrationJson? made = null;
        await run.Progress.RunAsync($"Creating {request.Name} integration", async _ => made = await run.Api.PostAsync(
            "integrations", request, KontenaResponseJson.Default.IntegrationRequest, KontenaResponseJson.Default.NewIntegrationJson, cancellationToken));
        run.Say($"Its address with the password, shown this once; its queues begin with {made!.QueuePrefix}");
        run.Out.WriteLine(made.Url);
        return Exit.Done;
    }
}

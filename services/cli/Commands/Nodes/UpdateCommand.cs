using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Nodes;

/// <summary><c>kontena node update NODE ...</c>: labels and availability.</summary>
internal sealed class UpdateCommand : CommandBody
{
    private readonly Argument<string[]> names;
    private readonly GridFeature grid;
    private readonly Option<string[]> labels;
    private readonly Option<bool> clearLabels;
    private readonly Option<bool> forget;
    private readonly Option<string?> availability;

    public UpdateCommand()
    {
        names = Several("NODE", "The nodes to change");
        grid = new GridFeature(this);
        labels = Many("--label", "-l", "LABEL", "A label such as region=eu; replaces all labels (repeatable)");
        clearLabels = Switch("--clear-labels", null, "Remove all labels");
        forget = Switch("--forget-agent", null, "Let another agent with this node's engine id join in its place: the agent's directory was lost");
        availability = Text("--availability", null, "active|drain", "drain moves the instances away and keeps new ones off");
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var wanted = run.Value(availability);
        if (wanted is not (null or "active" or "drain"))
            throw new UsageException($"option '--availability': invalid value '{wanted}', expected active or drain");
        if (run.Value(clearLabels) && run.Given(labels)) throw new UsageException("Use either --label or --clear-labels");
        var request = new NodeRequest
        {
            Labels = run.Value(clearLabels) ? [] : run.Given(labels) ? run.Values(labels) : null,
            Availability = wanted,
            ForgetAgent = run.Value(forget) ? true : null,
        };
        var where = grid.Of(run);
        foreach (var name in run.Value(names))
        {
            await run.Progress.RunAsync($"Updating {name} node", _ => run.Api.PutAsync(ApiPaths.Node(where, name), request,
                KontenaResponseJson.Default.NodeRequest, KontenaResponseJson.Default.NodeJson, cancellationToken));
        }

        return Exit.Done;
    }
}

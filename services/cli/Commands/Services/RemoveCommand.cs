using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Deploys;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Services;

/// <summary><c>kontena service rm NAME ...</c>: removes services and waits until they are gone; with <c>--instance</c> moves one instance.</summary>
internal sealed class RemoveCommand : CommandBody
{
    private readonly Argument<string[]> names;
    private readonly GridFeature grid;
    private readonly Option<string?> instance;
    private readonly ConfirmFeature confirm;

    public RemoveCommand()
    {
        names = Several("NAME", "The services: name or stack/name");
        grid = new GridFeature(this);
        instance = Text("--instance", null, "N", "Only this instance; it is placed anew");
        confirm = new ConfirmFeature(this);
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var where = grid.Of(run);
        var number = run.Integer(instance, 1);
        foreach (var name in run.Value(names))
        {
            var path = ApiPaths.Service(where, name);
            if (number is { } one) await RemoveInstanceAsync(run, path, name, one, cancellationToken);
            else await RemoveServiceAsync(run, path, name, cancellationToken);
        }

        return Exit.Done;
    }

    private async Task RemoveServiceAsync(CommandRun run, string path, string name, CancellationToken cancellationToken)
    {
        confirm.ByName(run, name);
        await run.Progress.RunAsync($"Removing service {name}", async _ =>
        {
            await run.Api.DeleteAsync(path, cancellationToken);
            await new Polling(run.Context).UntilAsync(
                async token => await run.Api.FindAsync(path, KontenaResponseJson.Default.ServiceJson, token) is null ? "gone" : null,
                () => new CliException(
                    $"Service {name} is still there after {Polling.Limit.TotalSeconds:0} s", remedy: "Its node may be away: kontena node ls"),
                cancellationToken);
        });
    }

    private async Task RemoveInstanceAsync(CommandRun run, string path, string name, int number, CancellationToken cancellationToken)
    {
        confirm.ByName(run, $"{name}/{number}");
        var instances = await run.Api.GetAsync($"{path}/instances", KontenaResponseJson.Default.InstancesJson, cancellationToken);
        var found = instances.Instances.FirstOrDefault(item => item.InstanceNumber == number)
            ?? throw new CliException("Instance not found", remedy: $"The instances there are: kontena service show {name}");
        await run.Progress.RunAsync($"Removing instance {name}/{number}", _ => run.Api.DeleteAsync($"{path}/instances/{ApiPaths.Id(found.Id)}", cancellationToken));
    }
}

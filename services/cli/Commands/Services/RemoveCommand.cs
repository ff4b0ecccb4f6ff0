using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Deploys;
using Kontena.Cli.Features;
using Kontena.Cli.Output;
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
        var (asked, done) = (false, false);
        await run.Progress.RunAsync($"Removing service {name}", step => new Polling(run.Context).UntilAsync(
            async token =>
            {
                if (!done)
                {
                    var again = asked;
                    asked = true;
                    done = await DeleteAsync(run.Api, path, again, step, token);
                }

                return done && await FindAsync(run.Api, path, token) is null ? "gone" : null;
            },
            () => new CliException(
                $"Service {name} is still there after {Polling.Limit.TotalSeconds:0} s", remedy: "Its node may be away: kontena node ls"),
            step,
            cancellationToken));
    }

    /// <summary>False: the master stopped waiting, not removing. Containers may take longer to stop than it waits.</summary>
    private static async Task<bool> DeleteAsync(ApiClient api, string path, bool again, ProgressStep step, CancellationToken cancellationToken)
    {
        try
        {
            await api.DeleteAsync(path, cancellationToken);
            return true;
        }
        catch (ApiException error) when (error.Status == 404 && again)
        {
            return true;
        }
        catch (ApiException error) when (error.Status == 503)
        {
            // It is no longer shown once its removal was taken.
            if (await FindAsync(api, path, cancellationToken) is not null) throw;
            if (!again) step.Say($"  {error.Message}");
            return false;
        }
    }

    private static Task<ServiceJson?> FindAsync(ApiClient api, string path, CancellationToken cancellationToken) =>
        api.FindAsync(path, KontenaResponseJson.Default.ServiceJson, cancellationToken);

    private async Task RemoveInstanceAsync(CommandRun run, string path, string name, int number, CancellationToken cancellationToken)
    {
        confirm.ByName(run, $"{name}/{number}");
        var instances = await run.Api.GetAsync($"{path}/instances", KontenaResponseJson.Default.InstancesJson, cancellationToken);
        var found = instances.Instances.FirstOrDefault(item => item.InstanceNumber == number)
            ?? throw new CliException("Instance not found", remedy: $"The instances there are: kontena service show {name}");
        await run.Progress.RunAsync($"Removing instance {name}/{number}", _ => run.Api.DeleteAsync($"{path}/instances/{ApiPaths.Id(found.Id)}", cancellationToken));
    }
}

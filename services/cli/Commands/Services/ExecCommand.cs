using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Services;

/// <summary><c>kontena service exec NAME -- CMD ...</c> in one running instance, or in all (cli.md §9.6); the exit code is the command's.</summary>
internal sealed class ExecCommand : CommandBody
{
    private readonly Argument<string> name;
    private readonly Argument<string[]> command;
    private readonly GridFeature grid;
    private readonly ExecFeature exec;
    private readonly Option<string?> instance;
    private readonly Option<bool> all;
    private readonly Option<bool> skip;
    private readonly Option<bool> silent;
    private readonly Option<bool> verbose;

    public ExecCommand()
    {
        name = Required("NAME", "The service: name or stack/name");
        command = Several("CMD", "The command and its arguments; put -- before it");
        grid = new GridFeature(this);
        exec = new ExecFeature(this);
        instance = Text("--instance", null, "N", "In this instance (default: the lowest that runs)");
        all = Switch("--all", "-a", "In every instance, one after the other");
        skip = Switch("--skip", null, "With --all: go on after a failure");
        silent = Switch("--silent", null, "Do not say where it runs");
        verbose = Switch("--verbose", null, "Say where it runs");
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        if (run.Value(all) && exec.Interactive(run)) throw new UsageException("--interactive cannot be used with --all");
        var service = run.Value(name);
        var path = $"{ApiPaths.Service(grid.Of(run), service)}/containers";
        var containers = (await run.Api.GetAsync(path, KontenaResponseJson.Default.ContainersJson, cancellationToken)).Containers
            .OrderBy(container => container.InstanceNumber).ToList();

        return run.Value(all)
            ? await InAllAsync(run, service, containers)
            : await InOneAsync(run, Choose(service, containers, run.Integer(instance, 1)), run.Value(verbose));
    }

    private static ContainerJson Choose(string service, List<ContainerJson> containers, int? number)
    {
        if (number is null)
        {
            return containers.Find(container => container.Status == "running")
                ?? throw new CliException($"Service {service} does not have any running containers", remedy: $"Start it with: kontena service deploy {service}");
        }

        var found = containers.Find(container => container.InstanceNumber == number)
            ?? throw new CliException($"Service {service} does not have container instance {number}", remedy: $"The instances there are: kontena service show {service}");
        return found.Status == "running"
            ? found
            : throw new CliException($"Service {service} container {found.Name} is not running, it is {found.Status}");
    }

    private async Task<int> InAllAsync(CommandRun run, string service, List<ContainerJson> containers)
    {
        if (containers.All(container => container.Status != "running"))
            throw new CliException($"Service {service} does not have any running containers", remedy: $"Start it with: kontena service deploy {service}");
        var worst = Exit.Done;
        foreach (var container in containers)
        {
            if (container.Status != "running")
            {
                run.Warn($"Service {service} container {container.Name} is {container.Status}, skipped");
                continue;
            }

            var code = await InOneAsync(run, container, !run.Value(silent));
            if (code == Exit.Done) continue;
            worst = code;
            if (!run.Value(skip)) break;
        }

        return worst;
    }

    private async Task<int> InOneAsync(CommandRun run, ContainerJson container, bool say)
    {
        if (say) run.Say($"* Executing command on {container.Name}");
        return await exec.RunAsync(run, $"containers/{ApiPaths.Id(container.Id)}", run.Value(command));
    }
}

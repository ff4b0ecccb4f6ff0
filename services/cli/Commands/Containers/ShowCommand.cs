using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Output;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Containers;

/// <summary><c>kontena container show NODE/NAME</c>: where it runs, for which service, and how it is.</summary>
internal sealed class ShowCommand : CommandBody
{
    private readonly Argument<string> id;
    private readonly GridFeature grid;
    private readonly OutputFeature output;

    public ShowCommand()
    {
        id = Required("CONTAINER_ID", "NODE/NAME from kontena container ls");
        grid = new GridFeature(this);
        output = new OutputFeature(this);
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var path = ApiPaths.Container(grid.Of(run), run.Value(id));
        var body = await run.Api.GetAsync(path, cancellationToken);
        if (output.WroteJson(run, body)) return Exit.Done;
        var container = ApiClient.Read(path, body, KontenaResponseJson.Default.ContainerJson);
        var block = new Outline(run.Out).Open(container.Id);
        block.Field("name", container.Name)
            .Field("container id", container.ContainerId)
            .Field("service", container.ServiceId)
            .Field("instance", container.InstanceNumber)
            .Field("node", container.Node?.Name)
            .Field("image", container.Image)
            .Field("cmd", string.Join(' ', container.Cmd ?? []))
            .Field("created", HttpTimes.Zulu(container.CreatedAt))
            .Field("status", container.Status)
            .Field("ip", container.IpAddress)
            .Optional("health", container.HealthStatus?.Status);
        if (container.State.ExitCode != 0) block.Field("exit code", container.State.ExitCode);
        block.Optional("reason", container.State.Error);
        block.List("ports", container.NetworkSettings.Ports.SelectMany(
            port => port.Value.Select(at => $"{at.NodeIp}:{at.NodePort}->{port.Key}")));
        return Exit.Done;
    }
}

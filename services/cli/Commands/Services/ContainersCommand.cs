using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Output;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Services;

/// <summary><c>kontena service containers NAME</c>.</summary>
internal sealed class ContainersCommand : CommandBody
{
    private readonly Argument<string> name;
    private readonly GridFeature grid;
    private readonly OutputFeature output;

    public ContainersCommand()
    {
        name = Required("NAME", "The service: name or stack/name");
        grid = new GridFeature(this);
        output = new OutputFeature(this, "Only ids (node/container)");
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var path = $"{ApiPaths.Service(grid.Of(run), run.Value(name))}/containers";
        var body = await run.Api.GetAsync(path, cancellationToken);
        if (output.WroteJson(run, body)) return Exit.Done;
        foreach (var container in ApiClient.Read(path, body, KontenaResponseJson.Default.ContainersJson).Containers)
        {
            if (output.Quiet(run))
            {
                run.Out.WriteLine($"{container.Node?.Name}/{container.Name}");
                continue;
            }

            new Outline(run.Out).Open(container.Name)
                .Field("rev", container.DeployRev)
                .Field("node", container.Node?.Name)
                .Field("dns", $"{container.Hostname}.{container.Domainname}")
                .Field("ip", container.IpAddress)
                .Field("public ip", container.Node?.PublicIp)
                .Field("status", container.Status);
            run.Out.WriteLine();
        }

        return Exit.Done;
    }
}

using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Services;

/// <summary><c>kontena service env ls NAME</c>: sorted <c>K=V</c> lines.</summary>
internal sealed class EnvListCommand : CommandBody
{
    private readonly Argument<string> name;
    private readonly GridFeature grid;
    private readonly OutputFeature output;

    public EnvListCommand()
    {
        name = Required("NAME", "The service: name or stack/name");
        grid = new GridFeature(this);
        output = new OutputFeature(this, "Only the names of the variables");
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var path = ApiPaths.Service(grid.Of(run), run.Value(name));
        var body = await run.Api.GetAsync(path, cancellationToken);
        if (output.WroteJson(run, body)) return Exit.Done;
        foreach (var line in ApiClient.Read(path, body, KontenaResponseJson.Default.ServiceJson).Env.Order(StringComparer.Ordinal))
            run.Out.WriteLine(output.Quiet(run) ? line.Split('=')[0] : line);
        return Exit.Done;
    }
}

using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;

namespace Kontena.Cli.Commands.Services;

/// <summary><c>kontena service secret link NAME SECRET:NAME:TYPE</c>; takes effect with the next deploy.</summary>
internal sealed class SecretLinkCommand : CommandBody
{
    private readonly Argument<string> name;
    private readonly Argument<string> secret;
    private readonly GridFeature grid;

    public SecretLinkCommand()
    {
        name = Required("NAME", "The service: name or stack/name");
        secret = Required("SECRET", "The secret as SECRET:NAME:TYPE, TYPE being env or file");
        grid = new GridFeature(this);
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var service = run.Value(name);
        var path = ApiPaths.Service(grid.Of(run), service);
        var wanted = ServiceTexts.Secret(run.Value(secret));
        var secrets = await SecretLinks.ReadAsync(run, path, cancellationToken);
        if (secrets.Contains(wanted)) throw new CliException($"Service {service} already has secret {run.Value(secret)}");
        secrets.Add(wanted);
        await run.Progress.RunAsync($"Linking {wanted.Secret} to {service}", _ => SecretLinks.WriteAsync(run, path, secrets, cancellationToken));
        run.Next($"kontena service deploy {service}");
        return Exit.Done;
    }
}

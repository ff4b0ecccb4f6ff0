using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;

namespace Kontena.Cli.Commands.Services;

/// <summary><c>kontena service secret unlink NAME SECRET:NAME:TYPE</c>; takes effect with the next deploy.</summary>
internal sealed class SecretUnlinkCommand : CommandBody
{
    private readonly Argument<string> name;
    private readonly Argument<string> secret;
    private readonly GridFeature grid;

    public SecretUnlinkCommand()
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
        if (!secrets.Remove(wanted)) throw new CliException($"Secret not found: service {service} does not have {wanted.Secret}:{wanted.Name}:{wanted.Type}");
        await run.Progress.RunAsync($"Unlinking {wanted.Secret} from {service}", _ => SecretLinks.WriteAsync(run, path, secrets, cancellationToken));
        run.Next($"kontena service deploy {service}");
        return Exit.Done;
    }
}

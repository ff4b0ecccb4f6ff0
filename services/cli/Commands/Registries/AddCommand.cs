using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Registries;

/// <summary><c>kontena external-registry add [URL]</c> (cli.md §15.4).</summary>
internal sealed class AddCommand : CommandBody
{
    private const string DockerHub = "https://index.docker.io/v2/";

    private readonly Argument<string?> url;
    private readonly GridFeature grid;
    private readonly Option<string?> username;
    private readonly Option<string?> password;
    private readonly Option<string?> email;

    public AddCommand()
    {
        url = Optional("URL", $"The registry's address; without it Docker Hub ({DockerHub})");
        grid = new GridFeature(this);
        username = Text("--username", "-u", "NAME", "Who logs in");
        password = Text("--password", "-p", "PASSWORD", "The password, or a token of the registry");
        email = Text("--email", "-e", "EMAIL", "For registries that want one");
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var where = grid.Of(run);
        var request = new ExternalRegistryRequest
        {
            Url = Address(run.Value(url)),
            Username = Given(run, username),
            Password = Given(run, password),
            Email = run.Value(email),
        };
        await run.Progress.RunAsync($"Adding {request.Url} to the registries of grid {where}", _ => run.Api.PostAsync(
            ApiPaths.Registries(where), request, KontenaResponseJson.Default.ExternalRegistryRequest, KontenaResponseJson.Default.ExternalRegistryJson, cancellationToken));
        return Exit.Done;
    }

    /// <summary>As the original: what does not start with http gets a scheme.</summary>
    private static string Address(string? given) =>
        given is null ? DockerHub : given.StartsWith("http", StringComparison.Ordinal) ? given : $"https://{given}";

    private static string Given(CommandRun run, Option<string?> option) =>
        run.Value(option) is { Length: > 0 } text ? text : throw new UsageException($"option '{option.Name}' is required");
}

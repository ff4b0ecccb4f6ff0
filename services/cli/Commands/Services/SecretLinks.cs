using Kontena.Cli.Api;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;
using Kontena.Contracts.Services;

namespace Kontena.Cli.Commands.Services;

/// <summary>The secrets a service asks for, read and written as a list (cli.md §9.3).</summary>
internal static class SecretLinks
{
    public static async Task<List<SecretRequest>> ReadAsync(CommandRun run, string path, CancellationToken cancellationToken) =>
        [.. (await run.Api.GetAsync(path, KontenaResponseJson.Default.ServiceJson, cancellationToken)).Secrets
            .Select(secret => new SecretRequest(secret.Secret, secret.Name, secret.Type))];

    public static Task<ServiceJson> WriteAsync(CommandRun run, string path, IReadOnlyList<SecretRequest> secrets, CancellationToken cancellationToken) => run.Api.PutAsync(
        path, new ServiceRequest { Secrets = secrets }, KontenaResponseJson.Default.ServiceRequest, KontenaResponseJson.Default.ServiceJson, cancellationToken);
}

using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Kontena.Cli.Api;
using Kontena.Cli.Parsing;

namespace Kontena.Cli.Commands.Nodes;

/// <summary>The line that makes a machine a node.</summary>
internal static class JoinLine
{
    /// <summary>With the fingerprint of the master's CA, when it has one of its own; asked over the connection that this client trusts already.</summary>
    public static async Task<string> OfAsync(CommandRun run, string token, CancellationToken cancellationToken)
    {
        var master = run.Api.Url.TrimEnd('/');
        var line = $"sudo kontena-agent join {master} {token}";
        return await FingerprintAsync(run, cancellationToken) is { } fingerprint ? $"{line} --ca-fingerprint {fingerprint}" : line;
    }

    /// <summary>What the address of this master means on another machine, when it is not what it means here.</summary>
    public static void WarnOfAddress(CommandRun run)
    {
        if (!Uri.TryCreate(run.Api.Url, UriKind.Absolute, out var master)) return;
        if (master.IsLoopback)
            run.Warn($"{run.Api.Url} is this machine alone: on another one, put the https:// address there under which it reaches the master.");
        else if (master.Scheme == Uri.UriSchemeHttp)
            run.Warn($"{run.Api.Url} has no TLS, and a token is not sent over it: use the https:// address of the master.");
    }

    private static async Task<string?> FingerprintAsync(CommandRun run, CancellationToken cancellationToken)
    {
        try
        {
            var pem = Encoding.ASCII.GetString((await run.Api.GetAsync("ca.pem", cancellationToken)).Span);
            using var ca = X509Certificate2.CreateFromPem(pem);
            return ca.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant();
        }
        catch (Exception error) when (error is ApiException or CryptographicException)
        {
            // Without it the machine trusts what its system trusts, and nothing else.
            return null;
        }
    }
}

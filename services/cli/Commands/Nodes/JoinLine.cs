using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Kontena.Cli.Api;
using Kontena.Cli.Parsing;

namespace Kontena.Cli.Commands.Nodes;

/// <summary>The line that makes a machine a node.</summary>
internal static class JoinLine
{
    /// <summary>With the fingerprint of the master's CA, when it has one of its own; asked over the connection that this client trusts already. A master that hands the agent
    /// out has a line that installs it too.</summary>
    public static async Task<(string Needs, string Line)> OfAsync(CommandRun run, string token, CancellationToken cancellationToken)
    {
        var master = run.Api.Url.TrimEnd('/');
        var trust = await FingerprintAsync(run, cancellationToken) is { } fingerprint ? $" --ca-fingerprint {fingerprint}" : "";
        return master.StartsWith("https://", StringComparison.Ordinal) && await ScriptAsync(run, cancellationToken) is { } script
            ? ("Docker and curl", Installing(master, script, token, trust))
            : ("Docker and the node-agent", $"sudo kontena-agent join {master} {token}{trust}");
    }

    /// <summary>The script is run as root, so the machine runs it only when it is the one that this client has seen: the master's authority is not known there yet. The token comes
    /// with the script and not as a word of a command, which every user of the machine could read, and sudo would write down. Pure.</summary>
    internal static string Installing(string master, string script, string token, string trust)
    {
        // As a shell's $(…) gives it: without the last line ends.
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(script.TrimEnd('\n'))));
        return $"s=$(curl -fsSk {master}/v1/install.sh) && if [ \"$(printf %s \"$s\" | sha256sum | cut -c-64)\" = {hash} ]; "
            + $"then printf 'export KONTENA_TOKEN=%s\\n%s\\n' '{token}' \"$s\" | $([ \"$(id -u)\" = 0 ] || echo sudo) sh -s -- {master}{trust}; "
            + "else echo 'kontena: not joined: this master is another one, or of another version, than the line is for' >&2; false; fi";
    }

    /// <summary>Null when this master hands no agent out.</summary>
    private static async Task<string?> ScriptAsync(CommandRun run, CancellationToken cancellationToken)
    {
        try
        {
            return Encoding.UTF8.GetString((await run.Api.GetAsync("install.sh", cancellationToken)).Span);
        }
        catch (ApiException)
        {
            return null;
        }
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

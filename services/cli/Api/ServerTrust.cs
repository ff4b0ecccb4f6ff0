using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Kontena.Cli.Api;

/// <summary>Which certificate a master may show: one the system trusts, or one signed by <c>~/.kontena/certs/HOST.pem</c> (cli.md §6.4).</summary>
internal static class ServerTrust
{
    public static RemoteCertificateValidationCallback For(string host, CliEnvironment environment) => (_, certificate, _, errors) =>
    {
        if (errors == SslPolicyErrors.None || environment.Flag("SSL_IGNORE_ERRORS")) return true;
        if (certificate is not X509Certificate2 shown) return false;
        var own = Path.Combine(environment.HomeDirectory, ".kontena", "certs", $"{host}.pem");
        if (!File.Exists(own)) return false;

        // With an own CA its common name is the expected host name, so a mismatch of names alone is not an error.
        if ((errors & SslPolicyErrors.RemoteCertificateNotAvailable) != 0) return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.CustomTrustStore.ImportFromPemFile(own);
        return chain.Build(shown);
    };
}

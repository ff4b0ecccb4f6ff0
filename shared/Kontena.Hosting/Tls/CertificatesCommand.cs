using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Kontena.Hosting.Tls;

/// <summary><c>certificates DIRECTORY NAME… [--renew]</c> in place of running the service: makes what is missing in a <see cref="CertificateFolder"/> and says what is there.</summary>
public static class CertificatesCommand
{
    /// <summary>Whether the arguments ask for it; else the service is to run.</summary>
    public static bool IsMeant(string[] args) => args is ["certificates", ..];

    /// <returns>The exit code: 0, 1 when it failed, 2 when it was called wrongly. Why is on standard error.</returns>
    public static int Run(string name, string[] args)
    {
        var given = args[1..].Where(one => one != "--renew").ToList();
        if (given.Count == 0 || given.Exists(one => one.StartsWith("--", StringComparison.Ordinal)))
        {
            Console.Error.WriteLine($"usage: {name} certificates DIRECTORY [NAME…] [--renew]\n  NAME: host names and addresses of the servers; by default those of this machine");
            return 2;
        }

        try
        {
            var folder = new CertificateFolder(given[0], TimeProvider.System);
            var made = folder.Ensure(ServerCertificate.NamesOf(string.Join(',', given.Skip(1))), args.Contains("--renew"));
            using var ca = X509CertificateLoader.LoadCertificateFromFile(folder.CaFile);
            using var server = X509CertificateLoader.LoadCertificateFromFile(folder.CertificateFile);
            foreach (var file in made)
                Console.Out.WriteLine($"made {file}");
            Console.Out.WriteLine($"ca      {folder.CaFile}  until {ca.NotAfter.ToUniversalTime():u}  sha256 {ca.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant()}");
            Console.Out.WriteLine($"server  {folder.CertificateFile}  until {server.NotAfter.ToUniversalTime():u}, issued anew {CertificateFolder.RenewBefore.TotalDays:0} days before when this is run");
            return 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            Console.Error.WriteLine($"{name}: the certificates in {given[0]} can't be made: {exception.Message}");
            return 1;
        }
    }
}

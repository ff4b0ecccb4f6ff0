using System.Net;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Kontena.Core.Files;
using Microsoft.Win32.SafeHandles;

namespace Kontena.Hosting.Tls;

/// <summary>A folder with a certificate authority of the house and a server certificate signed by it: <c>ca.pem</c>, <c>ca.key</c>, <c>server.pem</c> (with the CA behind
/// it), <c>server.key</c>. Keys are ECDSA P-256, in files that only their owner may read.</summary>
public sealed class CertificateFolder(string path, TimeProvider time)
{
    /// <summary>Of the authority: agents pin it, and a change of it concerns every machine.</summary>
    private static readonly TimeSpan CaLife = TimeSpan.FromDays(3650);

    /// <summary>Of a server's certificate.</summary>
    private static readonly TimeSpan ServerLife = TimeSpan.FromDays(397);

    /// <summary>Left of a server's life when it is issued anew.</summary>
    public static readonly TimeSpan RenewBefore = TimeSpan.FromDays(30);

    /// <summary>Machines whose clock is behind by less may use a certificate at once.</summary>
    private static readonly TimeSpan Leeway = TimeSpan.FromHours(1);

    private const UnixFileMode Public = DurableFile.OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    public string CaFile => Path.Combine(path, "ca.pem");

    public string CertificateFile => Path.Combine(path, "server.pem");

    public string KeyFile => Path.Combine(path, "server.key");

    private string CaKeyFile => Path.Combine(path, "ca.key");

    /// <summary>Makes what is missing; issues the server's certificate anew when it ends soon, lacks a name, or is not of this authority. The authority itself is made once.</summary>
    /// <param name="names">Host names and addresses under which the servers are reached.</param>
    /// <param name="renew">Issue the server's certificate anew in any case.</param>
    /// <returns>What was made; empty when everything was there.</returns>
    /// <exception cref="IOException">The folder can't be used.</exception>
    /// <exception cref="CryptographicException">A file in it is no certificate or key.</exception>
    public IReadOnlyList<string> Ensure(IReadOnlyList<string> names, bool renew = false)
    {
        Directory.CreateDirectory(path);
        // Several processes of one machine may start at once.
        using var turn = Lock();
        var made = new List<string>();
        // One without the other, before anything was signed, is the rest of a start that was broken off.
        if ((!File.Exists(CaFile) || !File.Exists(CaKeyFile)) && !File.Exists(CertificateFile))
        {
            MakeCa();
            made.Add(CaFile);
        }

        using var ca = X509Certificate2.CreateFromPemFile(CaFile, CaKeyFile);
        if (renew || !IsGood(ca, names))
        {
            Issue(ca, names);
            made.Add(CertificateFile);
        }

        return made;
    }

    private bool IsGood(X509Certificate2 ca, IReadOnlyList<string> names)
    {
        if (!File.Exists(CertificateFile) || !File.Exists(KeyFile))
            return false;
        using var server = X509Certificate2.CreateFromPemFile(CertificateFile, KeyFile);
        using var chain = new X509Chain
        {
            ChainPolicy =
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, VerificationTime = (time.GetUtcNow() + RenewBefore).UtcDateTime,
            },
        };
        chain.ChainPolicy.CustomTrustStore.Add(ca);
        return chain.Build(server) && names.All(name => server.MatchesHostname(name, allowWildcards: false, allowCommonName: false));
    }

    private void MakeCa()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN=Kontena CA {Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        var now = time.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now - Leeway, now + CaLife);
        DurableFile.Write(CaKeyFile, Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()));
        DurableFile.Write(CaFile, Encoding.ASCII.GetBytes(certificate.ExportCertificatePem() + "\n"), Public);
    }

    private void Issue(X509Certificate2 ca, IReadOnlyList<string> names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Kontena", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address))
                alternatives.AddIpAddress(address);
            else
                alternatives.AddDnsName(name);
        }

        request.CertificateExtensions.Add(alternatives.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1", "serverAuth")], critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(ca, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        var now = time.GetUtcNow();
        var end = now + ServerLife;
        using var certificate = request.Create(
            ca, now - Leeway < ca.NotBefore ? ca.NotBefore : now - Leeway, end < ca.NotAfter ? end : ca.NotAfter, RandomNumberGenerator.GetBytes(16));
        // Servers that read both at a bad moment find a pair that does not fit, and keep what they have.
        DurableFile.Write(KeyFile, Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()));
        DurableFile.Write(CertificateFile, Encoding.ASCII.GetBytes(certificate.ExportCertificatePem() + "\n" + ca.ExportCertificatePem() + "\n"), Public);
    }

    /// <summary>Waits for whoever is at it; the lock goes with the file.</summary>
    private FileStream Lock()
    {
        var file = new FileStream(Path.Combine(path, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
        _ = Flock(file.SafeFileHandle, Exclusive);
        return file;
    }

    private const int Exclusive = 2; // LOCK_EX

    [DllImport("libc", EntryPoint = "flock", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Flock(SafeFileHandle file, int operation);
}

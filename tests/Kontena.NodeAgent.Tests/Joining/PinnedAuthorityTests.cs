using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Kontena.NodeAgent.Joining;
using Xunit;

namespace Kontena.NodeAgent.Tests.Joining;

public sealed class PinnedAuthorityTests
{
    private static readonly Uri Master = new("https://master:9442");

    [Fact]
    public void Only_the_certificate_with_the_fingerprint_is_believed_whatever_comes_with_it()
    {
        using var real = Certificate("CN=real");
        using var forged = Certificate("CN=forged");
        foreach (var sent in new[] { Pem(real) + Pem(forged), Pem(forged) + Pem(real) })
            Assert.Equal(real.ExportCertificatePem(), MasterConnection.Pinned(sent, Fingerprint(real), Master));
        Assert.Contains("it is another master", Refused(Pem(forged), Fingerprint(real)), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_fingerprint_or_no_certificate_is_said()
    {
        using var real = Certificate("CN=real");
        Assert.Contains("no fingerprint", Refused(Pem(real), "abc"), StringComparison.Ordinal);
        Assert.Contains("of none", Refused("<html>", Fingerprint(real)), StringComparison.Ordinal);
        Assert.Equal(real.ExportCertificatePem(), MasterConnection.Pinned(Pem(real), string.Join(':', Fingerprint(real).ToUpperInvariant().Chunk(2).Select(two => new string(two))), Master));
    }

    private static string Refused(string pem, string fingerprint) => Assert.Throws<JoinException>(() => MasterConnection.Pinned(pem, fingerprint, Master)).Message;

    private static string Pem(X509Certificate2 certificate) => certificate.ExportCertificatePem() + "\n";

    private static string Fingerprint(X509Certificate2 certificate) => certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant();

    private static X509Certificate2 Certificate(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        return new CertificateRequest(name, key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddHours(-1), now.AddDays(1));
    }
}

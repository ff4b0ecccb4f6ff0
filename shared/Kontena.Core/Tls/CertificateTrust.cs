using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Kontena.Core.Tls;

/// <summary>Which certificates a peer may show: only such as a pinned CA has signed, else those the system trusts.</summary>
/// <remarks>The file is read for each new connection, so it can hold the old and the new CA while one takes over from the other.</remarks>
public sealed class CertificateTrust
{
    /// <summary>The system's own list of CAs.</summary>
    public static readonly CertificateTrust OfSystem = new(null, null, TimeProvider.System);

    private readonly string? _file;
    private readonly string? _pem;
    private readonly TimeProvider _time;

    private CertificateTrust(string? file, string? pem, TimeProvider time) => (_file, _pem, _time) = (file, pem, time);

    /// <summary>Trusts the certificates in this file alone.</summary>
    /// <exception cref="CryptographicException">It holds none that can be read.</exception>
    /// <exception cref="IOException">It can't be read.</exception>
    public static CertificateTrust OfFile(string file, TimeProvider time) =>
        ReadPem(File.ReadAllText(file)).Count > 0 ? new CertificateTrust(file, null, time) : throw new CryptographicException("there is no certificate in it");

    /// <summary>Trusts the certificates in this text alone.</summary>
    /// <exception cref="CryptographicException">They can't be read.</exception>
    public static CertificateTrust OfPem(string pem, TimeProvider time) =>
        ReadPem(pem).Count > 0 ? new CertificateTrust(null, pem, time) : throw new CryptographicException("there is no certificate in it");

    /// <summary>Throws <see cref="AuthenticationException"/> with the reason where the system would only say no.</summary>
    public RemoteCertificateValidationCallback CallbackFor(string host) => (_, certificate, presented, errors) =>
    {
        var isPinned = _file is not null || _pem is not null;
        var refusal = !isPinned && errors == SslPolicyErrors.None ? null : Refusal(host, certificate as X509Certificate2, presented, errors);
        return refusal is null ? true : throw new AuthenticationException(refusal);
    };

    private string? Refusal(string host, X509Certificate2? certificate, X509Chain? presented, SslPolicyErrors errors)
    {
        if (certificate is null)
            return $"{host} shows no certificate";
        var now = _time.GetUtcNow();
        if (now < certificate.NotBefore.ToUniversalTime())
            return $"the certificate of {host} is valid from {certificate.NotBefore.ToUniversalTime():u}, and the clock of this machine says {now:u}: set the clock";
        if (now > certificate.NotAfter.ToUniversalTime())
            return $"the certificate of {host} ended {certificate.NotAfter.ToUniversalTime():u}, and the clock of this machine says {now:u}: renew the certificate, or set the clock";
        if ((errors & SslPolicyErrors.RemoteCertificateNameMismatch) != 0)
            return $"the certificate of {host} is for {NamesOf(certificate)}: use one of these names, or issue it for {host} too";
        if (_file is null && _pem is null)
            return $"the certificate of {host} is signed by {certificate.Issuer}, which this machine does not trust; set Kontena:Tls:CaFile to the file of that CA";

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        chain.ChainPolicy.CustomTrustStore.AddRange(ReadPem(_pem ?? File.ReadAllText(_file!)));
        if (presented is not null)
            chain.ChainPolicy.ExtraStore.AddRange(presented.ChainElements.Select(element => element.Certificate).ToArray());
        return chain.Build(certificate) ? null
            : $"the certificate of {host} is signed by {certificate.Issuer}, not by the CA that is pinned here"
                + $" ({(_file is null ? "given at the join" : _file)}; {string.Join(", ", chain.ChainStatus.Select(status => status.Status))})";
    }

    private static string NamesOf(X509Certificate2 certificate)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        var all = names is null ? [] : names.EnumerateDnsNames().Concat(names.EnumerateIPAddresses().Select(address => address.ToString())).Take(20).ToList();
        return all.Count == 0 ? certificate.Subject : string.Join(", ", all);
    }

    private static X509Certificate2Collection ReadPem(string pem)
    {
        var found = new X509Certificate2Collection();
        found.ImportFromPem(pem);
        return found;
    }
}

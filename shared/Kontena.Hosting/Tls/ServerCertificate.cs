using System.Net.NetworkInformation;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Configuration;

namespace Kontena.Hosting.Tls;

/// <summary>The certificate with which a process answers HTTPS; read anew when its files change, without a restart.</summary>
/// <remarks>
/// <c>Kontena:Tls:Certificate</c> and <c>Kontena:Tls:Key</c> name PEM files. Without them a folder (<c>Kontena:Tls:Directory</c>) gets an authority of its own and a
/// certificate for <c>Kontena:Tls:Names</c>, by default this machine's names and addresses.
/// </remarks>
internal sealed class ServerCertificate
{
    private const string CertificateKey = "Kontena:Tls:Certificate";
    private const string KeyKey = "Kontena:Tls:Key";
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    /// <summary>Between two looks at whether one of our own ends soon.</summary>
    private static readonly TimeSpan RenewLook = TimeSpan.FromHours(12);

    private readonly string _certificateFile;
    private readonly string _keyFile;
    private readonly TimeProvider _time;
    private readonly Action<string> _say;
    private readonly Lock _guard = new();
    private SslStreamCertificateContext _current;
    private Func<IReadOnlyList<string>>? _renew;
    private long _renewLooked;
    private (DateTime Certificate, DateTime Key) _written;
    private long _looked;

    /// <param name="say">Takes a sentence when the files changed, or can't be used any more.</param>
    /// <exception cref="SettingException">The files can't be used.</exception>
    public ServerCertificate(string certificateFile, string keyFile, TimeProvider time, Action<string> say)
    {
        (_certificateFile, _keyFile, _time, _say) = (certificateFile, keyFile, time, say);
        try
        {
            _written = Written();
            _current = Load();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new SettingException(CertificateKey, $"and {KeyKey} name {certificateFile} and {keyFile}, which can't be used: {exception.Message}", "/etc/kontena/tls/server.pem");
        }

        _looked = _renewLooked = time.GetTimestamp();
    }

    /// <summary>From the settings; makes the folder's certificates when they are to be used. Sets the CA to hand out, when it is not set.</summary>
    /// <exception cref="SettingException">They can't be used.</exception>
    public static ServerCertificate From(IConfiguration settings, TimeProvider time, Action<string> say)
    {
        if (settings[CertificateKey] is { Length: > 0 } certificate)
            return new ServerCertificate(certificate, settings[KeyKey] is { Length: > 0 } key ? key : throw new SettingException(KeyKey, "is not set, and the certificate is", "/etc/kontena/tls/server.key"), time, say);
        var directory = settings["Kontena:Tls:Directory"] is { Length: > 0 } given ? given : Path.Combine(settings["Kontena:DataDirectory"] is { Length: > 0 } data ? data : "/var/lib/kontena", "tls");
        var folder = new CertificateFolder(directory, time);
        var names = NamesOf(settings["Kontena:Tls:Names"]);
        try
        {
            foreach (var made in folder.Ensure(names))
                say($"made {made}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new SettingException("Kontena:Tls:Directory", $"is {directory}, which can't be used: {exception.Message}", "/var/lib/kontena/api/tls");
        }

        // Handed out, and not trusted for broker and store: those may be of another authority.
        if (string.IsNullOrWhiteSpace(settings[TlsTrust.OwnCaKey]))
            settings[TlsTrust.OwnCaKey] = folder.CaFile;
        return new ServerCertificate(folder.CertificateFile, folder.KeyFile, time, say) { _renew = () => folder.Ensure(names) };
    }

    /// <summary>The one to show now, with what stands behind it in its file. One that can't be read in its new form stays as it was.</summary>
    public SslStreamCertificateContext Current()
    {
        lock (_guard)
        {
            if (_time.GetElapsedTime(_looked) < Look)
                return _current;
            _looked = _time.GetTimestamp();
            try
            {
                if (_renew is not null && _time.GetElapsedTime(_renewLooked) > RenewLook)
                {
                    _renewLooked = _looked;
                    _renew();
                }

                if (Written() is var written && written != _written)
                {
                    // The old one may still be in use by handshakes under way.
                    _current = Load();
                    _written = written;
                    _say($"the certificate in {_certificateFile} was read anew; it is valid until {_current.TargetCertificate.NotAfter.ToUniversalTime():u}");
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
            {
                _say($"the certificate in {_certificateFile} can't be renewed or read anew ({exception.Message}); the one before stays in use");
            }

            return _current;
        }
    }

    /// <summary>This machine's names and addresses, unless others are given.</summary>
    internal static IReadOnlyList<string> NamesOf(string? given)
    {
        if (!string.IsNullOrWhiteSpace(given))
            return given.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var addresses = NetworkInterface.GetAllNetworkInterfaces().Where(one => one.OperationalStatus == OperationalStatus.Up)
            .Where(one => !one.Name.StartsWith("docker", StringComparison.Ordinal) && !one.Name.StartsWith("br-", StringComparison.Ordinal))
            .SelectMany(one => one.GetIPProperties().UnicastAddresses)
            .Where(one => one.Address.AddressFamily == AddressFamily.InterNetwork).Select(one => one.Address.ToString());
        return [.. new[] { "localhost", "127.0.0.1", Environment.MachineName }.Concat(addresses).Distinct(StringComparer.OrdinalIgnoreCase)];
    }

    private SslStreamCertificateContext Load()
    {
        using var pem = X509Certificate2.CreateFromPemFile(_certificateFile, _keyFile);
        var behind = new X509Certificate2Collection();
        behind.ImportFromPemFile(_certificateFile);
        behind.RemoveAt(0);
        return SslStreamCertificateContext.Create(X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null), behind, offline: true);
    }

    private (DateTime Certificate, DateTime Key) Written() => (Written(_certificateFile), Written(_keyFile));

    /// <summary>Of what is read when the file is opened. By its name it would be that of a link, which stays as it is when its target or a directory on the way becomes another.</summary>
    private static DateTime Written(string file)
    {
        using var opened = File.OpenHandle(file);
        return File.GetLastWriteTimeUtc(opened);
    }
}

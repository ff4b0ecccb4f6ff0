using System.Security.Cryptography;
using Kontena.Core.Tls;
using Microsoft.Extensions.Configuration;

namespace Kontena.Hosting.Tls;

/// <summary>The CA that this process trusts for broker, store and management API: the file in <c>Kontena:Tls:CaFile</c>.</summary>
public static class TlsTrust
{
    public const string Key = "Kontena:Tls:CaFile";

    /// <summary>The system's own list when the file is not set.</summary>
    /// <exception cref="SettingException">The file is not there, or holds no certificate.</exception>
    public static CertificateTrust From(IConfiguration configuration)
    {
        if (configuration[Key] is not { Length: > 0 } file)
            return CertificateTrust.OfSystem;
        try
        {
            return CertificateTrust.OfFile(file, TimeProvider.System);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new SettingException(Key, $"names {file}, which can't be used: {exception.Message}", "/etc/kontena/ca.pem");
        }
    }

    /// <summary>What the file holds; null when it is not set.</summary>
    public static async Task<string?> ReadCaAsync(IConfiguration configuration, CancellationToken cancellationToken) =>
        configuration[Key] is { Length: > 0 } file ? await File.ReadAllTextAsync(file, cancellationToken) : null;
}

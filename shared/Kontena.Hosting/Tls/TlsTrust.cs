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

    /// <summary>The CA that has signed this process's own certificate, to be handed out: <c>Kontena:Tls:OwnCaFile</c>, by default the trusted one.</summary>
    public const string OwnCaKey = "Kontena:Tls:OwnCaFile";

    /// <summary>The CA of this process's own certificate; null when there is none of our own.</summary>
    public static Task<string?> ReadOwnCaAsync(IConfiguration configuration, CancellationToken cancellationToken) =>
        ReadAsync(configuration[OwnCaKey] is { Length: > 0 } own ? own : configuration[Key], cancellationToken);

    /// <summary>The CA of broker and store; null when the system's are trusted.</summary>
    public static Task<string?> ReadCaAsync(IConfiguration configuration, CancellationToken cancellationToken) => ReadAsync(configuration[Key], cancellationToken);

    private static async Task<string?> ReadAsync(string? file, CancellationToken cancellationToken) =>
        string.IsNullOrWhiteSpace(file) ? null : await File.ReadAllTextAsync(file, cancellationToken);
}

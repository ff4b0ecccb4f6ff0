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

    /// <summary>Refuses the address of another machine that is spoken to without TLS, unless <see cref="PlainWire.AllowKey"/> says that it may be.</summary>
    /// <param name="configuration">The settings.</param>
    /// <param name="key">The setting that has the address.</param>
    /// <param name="address">With a scheme that becomes the one with TLS by an s at its end.</param>
    /// <exception cref="SettingException">It is refused.</exception>
    public static void RefusePlain(IConfiguration configuration, string key, Uri address)
    {
        if (address.Scheme.EndsWith('s') || PlainWire.StaysHere(address.Host))
            return;
        var text = configuration[PlainWire.AllowKey] is { Length: > 0 } given ? given : bool.FalseString;
        if (!bool.TryParse(text, out var isAllowed))
            throw new SettingException(PlainWire.AllowKey, $"is '{text}', which is neither true nor false", "false");
        if (isAllowed)
            return;
        throw new SettingException(key, $"names {address.Host} without TLS, so that passwords and orders could be read and changed on the way",
            $"{address.Scheme}s://user:password@{address.Host}/, or {PlainWire.AllowKey}=true where a tunnel protects the way");
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

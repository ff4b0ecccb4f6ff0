using System.Security.Cryptography;
using System.Text;

namespace Kontena.Core.Vault;

/// <summary>Seals values for the state store: AES-256-GCM, bound to where the value belongs and to the key's id.</summary>
public static class StoreSeal
{
    public const int KeyBytes = 32;
    public const int NonceBytes = 12;

    private const int TagBytes = 16;

    /// <summary>16 hex digits made from the key: the same key has the same id everywhere, and no other key has it.</summary>
    public static string IdOf(ReadOnlySpan<byte> key)
    {
        Span<byte> hash = stackalloc byte[32];
        HMACSHA256.HashData(key, "kontena/vault/key-id/1"u8, hash);
        return Convert.ToHexStringLower(hash[..8]);
    }

    /// <param name="key">32 bytes.</param>
    /// <param name="nonce">12 random bytes.</param>
    /// <param name="place">Where the value belongs: it opens at no other place.</param>
    /// <param name="value">What is sealed.</param>
    /// <returns>Nonce, text and tag in base64.</returns>
    public static string Seal(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, string place, string value)
    {
        var plain = Encoding.UTF8.GetBytes(value);
        var all = new byte[NonceBytes + plain.Length + TagBytes];
        nonce.CopyTo(all);
        using var cipher = new AesGcm(key, TagBytes);
        cipher.Encrypt(nonce, plain, all.AsSpan(NonceBytes, plain.Length), all.AsSpan(NonceBytes + plain.Length), BindingOf(key, place));
        return Convert.ToBase64String(all);
    }

    /// <returns>Null when it was sealed with another key or for another place, or is not as it was sealed.</returns>
    public static string? Open(ReadOnlySpan<byte> key, string place, string sealedText)
    {
        var all = new byte[sealedText.Length];
        if (!Convert.TryFromBase64String(sealedText, all, out var length) || length < NonceBytes + TagBytes)
            return null;
        var plain = new byte[length - NonceBytes - TagBytes];
        using var cipher = new AesGcm(key, TagBytes);
        try
        {
            cipher.Decrypt(all.AsSpan(0, NonceBytes), all.AsSpan(NonceBytes, plain.Length), all.AsSpan(NonceBytes + plain.Length, TagBytes), plain, BindingOf(key, place));
            return Encoding.UTF8.GetString(plain);
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    private static byte[] BindingOf(ReadOnlySpan<byte> key, string place) => Encoding.UTF8.GetBytes($"kontena/vault/store/1\n{place}\n{IdOf(key)}");
}

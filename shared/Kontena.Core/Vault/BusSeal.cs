using System.Security.Cryptography;
using System.Text;
using Kontena.Contracts.Vault;

namespace Kontena.Core.Vault;

/// <summary>Seals values for their way over the bus, so that only the holder of one private key can read them (<see cref="SealedValue"/>).</summary>
public static class BusSeal
{
    public const int NonceBytes = 12;

    private const int TagBytes = 16;
    private const int KeyBytes = 32;
    private const int LongestPublicKey = 200;
    private const int PublicKeyBytes = 91;
    private const string Purpose = "kontena/vault/bus/1\n";

    /// <summary>What every SubjectPublicKeyInfo of an uncompressed point on P-256 begins with.</summary>
    private static ReadOnlySpan<byte> P256Point =>
    [
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06,
        0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
    ];

    /// <summary>A key for one value or one question; from randomness.</summary>
    public static ECDiffieHellman NewKey() => ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);

    public static string PublicKeyOf(ECDiffieHellman key) => Convert.ToBase64String(key.PublicKey.ExportSubjectPublicKeyInfo());

    public static bool IsPublicKey(string text)
    {
        using var key = ReadPublicKey(text);
        return key is not null;
    }

    /// <param name="ephemeral">Made for this value alone.</param>
    /// <param name="nonce">12 random bytes.</param>
    /// <param name="recipient">The reader's public key.</param>
    /// <param name="place">What the value is for: it opens for nothing else.</param>
    /// <param name="value">What is sealed.</param>
    /// <exception cref="CryptographicException">The recipient's key is none.</exception>
    public static SealedValue Seal(ECDiffieHellman ephemeral, ReadOnlySpan<byte> nonce, string recipient, string place, string value)
    {
        using var theirs = ReadPublicKey(recipient) ?? throw new CryptographicException("the recipient's public key is not a key on P-256");
        var own = PublicKeyOf(ephemeral);
        var plain = Encoding.UTF8.GetBytes(value);
        var text = new byte[plain.Length + TagBytes];
        using var cipher = new AesGcm(Agree(ephemeral, theirs, own, recipient), TagBytes);
        cipher.Encrypt(nonce, plain, text.AsSpan(0, plain.Length), text.AsSpan(plain.Length), Encoding.UTF8.GetBytes(place));
        return new SealedValue { PublicKey = own, Nonce = Convert.ToBase64String(nonce), Text = Convert.ToBase64String(text) };
    }

    /// <summary>With a key and a nonce from randomness.</summary>
    public static SealedValue Seal(string recipient, string place, string value)
    {
        using var ephemeral = NewKey();
        return Seal(ephemeral, RandomNumberGenerator.GetBytes(NonceBytes), recipient, place, value);
    }

    /// <returns>Null when it was sealed for another key or place, or is not as it was sealed.</returns>
    public static string? Open(ECDiffieHellman own, string place, SealedValue value)
    {
        using var theirs = ReadPublicKey(value.PublicKey);
        if (theirs is null || BytesOf(value.Nonce) is not { Length: NonceBytes } nonce || BytesOf(value.Text) is not { Length: >= TagBytes } text)
            return null;
        var plain = new byte[text.Length - TagBytes];
        using var cipher = new AesGcm(Agree(own, theirs, value.PublicKey, PublicKeyOf(own)), TagBytes);
        try
        {
            cipher.Decrypt(nonce, text.AsSpan(0, plain.Length), text.AsSpan(plain.Length), plain, Encoding.UTF8.GetBytes(place));
            return Encoding.UTF8.GetString(plain);
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    /// <summary>Both public keys go in, so that the key is of these two and of nobody between them.</summary>
    private static byte[] Agree(ECDiffieHellman own, ECDiffieHellman theirs, string ephemeral, string recipient)
    {
        using var publicKey = theirs.PublicKey;
        return HKDF.DeriveKey(HashAlgorithmName.SHA256, own.DeriveRawSecretAgreement(publicKey), KeyBytes, salt: null,
            Encoding.ASCII.GetBytes($"{Purpose}{ephemeral}\n{recipient}"));
    }

    /// <summary>The bytes before the point are held against the only ones there can be: no other kind of key, or encoding, reaches the platform's reader.</summary>
    private static ECDiffieHellman? ReadPublicKey(string text)
    {
        if (text.Length > LongestPublicKey || BytesOf(text) is not { Length: PublicKeyBytes } bytes || !bytes.AsSpan().StartsWith(P256Point))
            return null;
        var key = ECDiffieHellman.Create();
        try
        {
            key.ImportSubjectPublicKeyInfo(bytes, out _);
            return key;
        }
        catch (CryptographicException)
        {
            // Not on the curve: said by the null.
            key.Dispose();
            return null;
        }
    }

    // Strict: of the texts that decode to the same bytes only one is taken.
    private static byte[]? BytesOf(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) && Convert.ToBase64String(bytes, 0, length) == text ? bytes[..length] : null;
    }
}

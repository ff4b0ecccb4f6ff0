namespace Kontena.Contracts.Vault;

/// <summary>A value on its way over the bus, readable for the holder of one private key only: a key agreement on P-256 with a key made for this one value,
/// HKDF-SHA256, AES-256-GCM. Broker, dead letters and logs never see what is in it.</summary>
public sealed record SealedValue
{
    /// <summary>The public key made for this value: SubjectPublicKeyInfo in base64, at most 200 characters.</summary>
    public required string PublicKey { get; init; }

    /// <summary>12 bytes in base64.</summary>
    public required string Nonce { get; init; }

    /// <summary>The value as UTF-8, encrypted, and 16 bytes that prove it; in base64.</summary>
    public required string Text { get; init; }
}

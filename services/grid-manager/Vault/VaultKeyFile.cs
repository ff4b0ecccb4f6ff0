using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Kontena.Core.Vault;

namespace Kontena.GridManager.Vault;

/// <summary>The key ring as it is kept in a file or given in a setting: JSON, bytes in base64.</summary>
internal sealed record VaultKeyFile
{
    private const int MostKeys = 16;

    public IReadOnlyList<byte[]>? Keys { get; init; }

    /// <summary>PKCS 8.</summary>
    public byte[]? Door { get; init; }

    /// <summary>Null when it is no key ring. What is wrong is not said: it might quote a key.</summary>
    public static VaultRing? Read(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, VaultKeyJson.Default.VaultKeyFile) is { Keys: { Count: >= 1 and <= MostKeys } keys, Door: { } door }
                && keys.All(key => key is { Length: StoreSeal.KeyBytes })
                    ? new VaultRing(keys, door)
                    : null;
        }
        catch (Exception exception) when (exception is JsonException or CryptographicException or FormatException)
        {
            return null;
        }
    }

    public static byte[] Write(VaultRing ring) => [.. JsonSerializer.SerializeToUtf8Bytes(ring.ToFile(), VaultKeyJson.Default.VaultKeyFile), (byte)'\n'];
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(VaultKeyFile))]
internal sealed partial class VaultKeyJson : JsonSerializerContext;

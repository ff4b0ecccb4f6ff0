using System.Security.Cryptography;
using Kontena.Contracts.Vault;
using Kontena.Core.Vault;

namespace Kontena.GridManager.Vault;

/// <summary>The keys that the vault is sealed with: several by id, the newest seals; and the key that values are sealed to on their way here.</summary>
internal sealed class VaultRing
{
    private readonly IReadOnlyList<byte[]> _keys;
    private readonly byte[] _door;

    /// <param name="keys">32 bytes each, oldest first; at least one.</param>
    /// <param name="door">A private key on P-256 as PKCS 8.</param>
    public VaultRing(IReadOnlyList<byte[]> keys, byte[] door)
    {
        (_keys, _door) = (keys, door);
        Ids = [.. keys.Select(key => StoreSeal.IdOf(key))];
        using var own = OpenDoor();
        PublicKey = BusSeal.PublicKeyOf(own);
    }

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<string> Ids { get; }

    public string Newest => Ids[^1];

    /// <summary>What values are sealed to on their way here.</summary>
    public string PublicKey { get; }

    public static VaultRing New()
    {
        using var door = BusSeal.NewKey();
        return new VaultRing([RandomNumberGenerator.GetBytes(StoreSeal.KeyBytes)], door.ExportPkcs8PrivateKey());
    }

    /// <summary>One more key, which seals from now on.</summary>
    public VaultRing WithNewKey() => new([.. _keys, RandomNumberGenerator.GetBytes(StoreSeal.KeyBytes)], _door);

    public VaultRing NewestAlone() => new([_keys[^1]], _door);

    public SealedAtRest Seal(string place, string value) =>
        new(Newest, StoreSeal.Seal(_keys[^1], RandomNumberGenerator.GetBytes(StoreSeal.NonceBytes), place, value));

    /// <returns>Null when it was sealed elsewhere or its key is not in the ring.</returns>
    public string? Open(string place, SealedAtRest value)
    {
        for (var index = 0; index < _keys.Count; index++)
        {
            if (Ids[index] == value.KeyId)
                return StoreSeal.Open(_keys[index], place, value.Text);
        }

        return null;
    }

    /// <exception cref="VaultClosedException">It was changed by hand, moved, or sealed with a key that was dropped.</exception>
    public string Open(Secret secret) => Open(StorePlaces.Secret(secret.Grid, secret.Name), new SealedAtRest(secret.KeyId, secret.Sealed))
        ?? throw new VaultClosedException($"secret {secret.Grid}/{secret.Name} can't be opened: it was sealed with key {secret.KeyId}, or changed since; write it anew");

    /// <summary>To be disposed of.</summary>
    public ECDiffieHellman OpenDoor()
    {
        var own = ECDiffieHellman.Create();
        own.ImportPkcs8PrivateKey(_door, out _);
        return own;
    }

    public VaultKeyFile ToFile() => new() { Keys = _keys, Door = _door };
}

/// <param name="KeyId">The key that sealed it.</param>
/// <param name="Text">As <see cref="StoreSeal"/> writes it.</param>
internal sealed record SealedAtRest(string KeyId, string Text);

/// <summary>Where sealed values of the store belong.</summary>
internal static class StorePlaces
{
    // Neither grids nor secrets nor registries have a '/' in their names.
    public static string Secret(string grid, string name) => $"secret/{grid}/{name}";

    public static string Registry(string grid, string name) => $"registry/{grid}/{name}";

    public static string Config(string key) => $"config/{key}";
}

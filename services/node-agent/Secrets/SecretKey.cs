using System.Security.Cryptography;
using Kontena.Contracts.Vault;
using Kontena.Core.Files;
using Kontena.Core.Vault;

namespace Kontena.NodeAgent.Secrets;

/// <summary>The key that secrets for this node's containers are sealed to, made when it is first asked for and kept in the agent's directory (0600), so that the orders on disk
/// can be followed after a restart with nobody above.</summary>
internal sealed class SecretKey(NodeAgentOptions options)
{
    private const int LongestFile = 4096;

    private readonly Lock _making = new();
    private byte[]? _private;

    /// <summary>As <see cref="SealedValue.PublicKey"/>.</summary>
    public string PublicKey
    {
        get
        {
            using var own = Own();
            return BusSeal.PublicKeyOf(own);
        }
    }

    /// <returns>Null when it was sealed for another key or place, or is not as it was sealed.</returns>
    public string? Open(string place, SealedValue value)
    {
        using var own = Own();
        return BusSeal.Open(own, place, value);
    }

    /// <summary>One for each use: instances open theirs at the same time.</summary>
    private ECDiffieHellman Own()
    {
        byte[] key;
        lock (_making)
            key = _private ??= ReadOrMake(options.DataDirectory);
        var own = ECDiffieHellman.Create();
        own.ImportPkcs8PrivateKey(key, out _);
        return own;
    }

    /// <summary>A file that is no key is written anew: what was sealed for the lost one has to be ordered again, and its error says so.</summary>
    private static byte[] ReadOrMake(string directory)
    {
        var file = Path.Combine(directory, "secrets.key");
        if (new FileInfo(file) is { Exists: true, Length: <= LongestFile } && Usable(File.ReadAllBytes(file)) is { } kept)
            return kept;
        using var made = BusSeal.NewKey();
        var key = made.ExportPkcs8PrivateKey();
        DurableFile.MakeDirectory(directory);
        DurableFile.Write(file, key);
        return key;
    }

    private static byte[]? Usable(byte[] key)
    {
        using var own = ECDiffieHellman.Create();
        try
        {
            own.ImportPkcs8PrivateKey(key, out _);
            return BusSeal.IsPublicKey(BusSeal.PublicKeyOf(own)) ? key : null;
        }
        catch (CryptographicException)
        {
            // No key: said by the null.
            return null;
        }
    }
}

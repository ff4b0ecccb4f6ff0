using System.Text;

namespace Kontena.Core.Registries;

/// <summary>How much there may be of registries and of what a login has (the limits are ours).</summary>
public static class RegistryRules
{
    public const int MostInGrid = 100;

    /// <summary>Characters of an address, a user name, an e-mail address.</summary>
    public const int LongestText = 512;

    /// <summary>Bytes of UTF-8. Tokens and keys that clouds give for passwords have some 3 KiB.</summary>
    public const int LargestPassword = 16 * 1024;

    public static bool IsTooLarge(string password) => Encoding.UTF8.GetByteCount(password) > LargestPassword;
}

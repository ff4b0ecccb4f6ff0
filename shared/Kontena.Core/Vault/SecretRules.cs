using System.Text;

namespace Kontena.Core.Vault;

/// <summary>What secrets may be called, and how much of them there may be (rest-api.md §1.9 and §16; the limits are ours).</summary>
public static class SecretRules
{
    public const int MostInGrid = 1000;
    public const int LongestName = 128;

    /// <summary>Bytes of UTF-8.</summary>
    public const int LargestValue = 256 * 1024;

    /// <summary>Secrets of one service.</summary>
    public const int MostOfService = 128;

    /// <summary>Bytes of UTF-8 that one order carries to a node, all its secrets together.</summary>
    public const int LargestDelivery = 1024 * 1024;

    /// <summary>Where the files are in a container.</summary>
    public const string FileDirectory = "/run/secrets";

    /// <summary>What <see cref="IsFileName"/> wants.</summary>
    public const string FileNameForm = "1 to 255 letters, digits, '.', - and _, not starting with '.'";

    /// <summary>What <see cref="IsName"/> wants, for those who were refused.</summary>
    public const string NameForm = "1 to 128 letters, digits, - and _, not starting with -";

    public static bool IsName(string name) =>
        name.Length is >= 1 and <= LongestName && name[0] != '-' && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');

    /// <summary>As the original, which takes any text; but what no environment can hold is said before a node finds out.</summary>
    public static bool IsVariable(string name) => !name.Contains('=', StringComparison.Ordinal) && !name.Any(char.IsControl);

    public static bool IsFileName(string name) =>
        name.Length is >= 1 and <= 255 && name[0] != '.' && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    public static bool IsTooLarge(string value) => Encoding.UTF8.GetByteCount(value) > LargestValue;
}

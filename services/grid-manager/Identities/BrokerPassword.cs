using System.Security.Cryptography;
using System.Text;

namespace Kontena.GridManager.Identities;

/// <summary>The form in which RabbitMQ keeps passwords (<c>rabbit_password_hashing_sha256</c>).</summary>
internal static class BrokerPassword
{
    private const int Salt = 4;

    /// <summary>Whether it is long and plain enough to be one: 32 to 128 letters, digits, '-' and '_'.</summary>
    public static bool IsUsable(string? password) =>
        password is { Length: >= 32 and <= 128 } && password.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    /// <summary>A new grain of salt.</summary>
    public static byte[] NewSalt() => RandomNumberGenerator.GetBytes(Salt);

    /// <summary>Keeps <paramref name="known"/> when it is of this password already, so that asking twice changes nothing. Pure.</summary>
    public static string HashOf(string password, byte[] salt, string? known) => IsHashOf(password, known) ? known! : Hash(password, salt);

    private static bool IsHashOf(string password, string? known)
    {
        var bytes = new byte[Salt + SHA256.HashSizeInBytes];
        return known is not null && Convert.TryFromBase64String(known, bytes, out var length) && length == bytes.Length
            && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Hash(password, bytes[..Salt])), Encoding.ASCII.GetBytes(known));
    }

    private static string Hash(string password, byte[] salt) => Convert.ToBase64String([.. salt, .. SHA256.HashData([.. salt, .. Encoding.UTF8.GetBytes(password)])]);
}

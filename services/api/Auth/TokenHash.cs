using System.Security.Cryptography;
using System.Text;

namespace Kontena.Api.Auth;

/// <summary>What is kept of a token. It is long and random, so that one round without salt is enough, and it can be looked up by it.</summary>
internal static class TokenHash
{
    /// <summary>No token is longer; what is, is not looked up.</summary>
    public const int LongestToken = 256;

    /// <summary>SHA-256, in hex.</summary>
    public static string Of(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}

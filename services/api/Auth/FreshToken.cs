using System.Security.Cryptography;
using Kontena.Contracts.Identity;

namespace Kontena.Api.Auth;

/// <summary>A token and what renews it, just made: here in the clear, for the one answer that shows them; everywhere else as hashes.</summary>
internal sealed record FreshToken(string Token, string Refresh)
{
    /// <summary>64 and 128 hex digits, as clients know them (rest-api.md §3.2).</summary>
    public static FreshToken Make() =>
        new(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)), Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(64)));

    public NewToken Kept => new(TokenHash.Of(Token), Token[^4..], TokenHash.Of(Refresh), Refresh[^4..]);
}

/// <summary>Codes that people pass on: of a login, of an invitation.</summary>
internal static class FreshCode
{
    /// <summary>32 hex digits, beginning with a letter: the original client turns an answer of digits alone into a number (rest-api.md §3.5).</summary>
    public static string Make() => "c" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))[1..];
}

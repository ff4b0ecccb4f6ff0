using Kontena.Contracts.Http;
using Kontena.Contracts.Identity;

namespace Kontena.Api.Auth;

/// <summary>Tokens and codes as clients see them (rest-api.md §5.6).</summary>
internal static class TokenRendering
{
    /// <param name="fresh">The token itself, in the answer that made it.</param>
    public static TokenJson Render(AccessToken token, User user, DateTimeOffset now, FreshToken? fresh = null) => new()
    {
        Id = token.Id,
        AccessToken = fresh?.Token,
        RefreshToken = token.RefreshHash is null ? null : fresh?.Refresh,
        AccessTokenLastFour = token.LastFour,
        RefreshTokenLastFour = token.RefreshLastFour,
        ExpiresIn = token.ExpiresAt is { } end ? (long)Math.Floor((end - now).TotalSeconds) : null,
        Scopes = string.Join(',', token.Scopes),
        Description = token.Description,
        User = UserOf(user),
    };

    /// <param name="fresh">The code itself, in the answer that made it.</param>
    public static CodeJson Render(AuthorizationCode code, User user, string? fresh = null) => new()
    {
        Id = code.Id, Code = fresh, Scopes = string.Join(',', code.Scopes), Description = code.Description, User = UserOf(user),
    };

    private static TokenUserJson UserOf(User user) => new(user.Id, user.Email, user.Name ?? "");
}

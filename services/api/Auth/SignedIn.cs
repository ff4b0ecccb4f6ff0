using System.Net;
using Kontena.Api.Audit;
using Kontena.Contracts.Identity;
using Microsoft.AspNetCore.Http.Features;

namespace Kontena.Api.Auth;

/// <summary>Who a request is from, as its token says.</summary>
/// <param name="Token">What they showed; null: the administrator's token from the file.</param>
internal sealed record SignedIn(User User, AccessToken? Token)
{
    public bool IsExpired(DateTimeOffset now) => Token?.IsExpired(now) ?? false;

    /// <summary>Tokens made for a narrower purpose make no further tokens (rest-api.md §3.2).</summary>
    public bool MayMakeTokens => Token is null || Token.Scopes.Contains(TokenScopes.User);
}

/// <summary>Where the request keeps it.</summary>
internal static class SignedInFeature
{
    private const int LongestProgram = 200;

    /// <summary>Whoever shows no token gets no further than the check that sets this.</summary>
    public static SignedIn SignedIn(this HttpContext http) => http.Features.GetRequiredFeature<SignedIn>();

    /// <summary>Also as <see cref="Caller"/>, for whoever writes down who asked.</summary>
    public static void SignIn(this HttpContext http, SignedIn who)
    {
        http.Features.Set(who);
        http.IsOf(who.User);
    }

    /// <summary>For whoever writes down who asked; also of somebody who has shown something else than a token, and may do nothing more with it.</summary>
    public static void IsOf(this HttpContext http, User user) => http.Features.Set(new Caller
    {
        Id = user.Integration?.Name ?? user.Id,
        Name = user.Email,
        Kind = user.Integration is null ? CallerKind.User : CallerKind.Integration,
        Address = AddressOf(http)?.ToString(),
        Program = ProgramOf(http),
    });

    /// <summary>Who asks, for whoever writes it down; where nobody is asked who they are, what is known of them.</summary>
    public static Caller Asker(this HttpContext http) => http.Features.Get<Caller>() ?? new Caller
    {
        Id = RefusalWindow.Unknown, Name = RefusalWindow.Unknown, Kind = CallerKind.User, Address = AddressOf(http)?.ToString(), Program = ProgramOf(http),
    };

    /// <summary>Without signs that a terminal on which it is read would obey.</summary>
    private static string? ProgramOf(HttpContext http)
    {
        var said = http.Request.Headers.UserAgent.ToString();
        return said.Length == 0 ? null : string.Concat(said.Take(LongestProgram).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
    }

    /// <summary>An IPv4 address that came over an IPv6 socket is shown as what it is.</summary>
    public static IPAddress? AddressOf(HttpContext http) =>
        http.Connection.RemoteIpAddress is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4() : http.Connection.RemoteIpAddress;
}

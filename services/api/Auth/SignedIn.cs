using System.Net;
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
        var program = http.Request.Headers.UserAgent.ToString();
        http.Features.Set(new Caller
        {
            Id = who.User.Integration?.Name ?? who.User.Id,
            Name = who.User.Email,
            Kind = who.User.Integration is null ? CallerKind.User : CallerKind.Integration,
            Address = AddressOf(http)?.ToString(),
            Program = program.Length switch { 0 => null, > LongestProgram => program[..LongestProgram], _ => program },
        });
    }

    /// <summary>An IPv4 address that came over an IPv6 socket is shown as what it is.</summary>
    public static IPAddress? AddressOf(HttpContext http) =>
        http.Connection.RemoteIpAddress is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4() : http.Connection.RemoteIpAddress;
}

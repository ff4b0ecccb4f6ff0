using System.Globalization;
using Kontena.Api.Http;
using Kontena.Api.Snapshots;
using Kontena.Contracts.Http;
using Kontena.Contracts.Identity;

namespace Kontena.Api.Auth;

/// <summary>Makes tokens, codes and invitations (rest-api.md §5.3).</summary>
internal static class AuthorizeEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/oauth2/authorize", AuthorizeAsync).WithFacts("createToken", Need.AnyUser).ShowsOnce()
            .Refuses(400, "Something is missing or not possible; the description says what")
            .Refuses(403, "The token was not made for making others, or its user may not invite, or not for another user")
            .Refuses(404, "There is no such user")
            .Produces<TokenJson>(201).WithMetadata(new BodyOf(typeof(AuthorizeRequest)))
            .WithSummary("Make a token, a code to exchange for one, or an invitation").WithTags("tokens");

    private static async Task<IResult> AuthorizeAsync(
        HttpContext http, Commands commands, TokenReader tokens, SnapshotReader reader, TimeProvider time, CancellationToken cancellationToken)
    {
        var request = await OAuth2.ReadAsync(http, KontenaResponseJson.Wire.AuthorizeRequest);
        try
        {
            return request.ResponseType switch
            {
                "token" => await TokenAsync(request, http, commands, tokens, reader, time, cancellationToken),
                "code" => await CodeAsync(request, http, commands, tokens, reader, cancellationToken),
                "invite" => await InviteAsync(request, http, commands, tokens, cancellationToken),
                _ => throw OAuth2.Refusal(StatusCodes.Status400BadRequest, "unsupported_response_type", "response_type: one of token, code, invite"),
            };
        }
        catch (HttpRefusal refused) when (refused.Status == StatusCodes.Status422UnprocessableEntity)
        {
            throw OAuth2.InvalidAs(refused);
        }
    }

    private static async Task<IResult> TokenAsync(
        AuthorizeRequest request, HttpContext http, Commands commands, TokenReader tokens, SnapshotReader reader, TimeProvider time, CancellationToken cancellationToken)
    {
        var user = await ForAsync(request, http, reader, cancellationToken);
        var fresh = FreshToken.Make();
        var id = await commands.AskGridManagerAsync(new CreateToken
        {
            UserId = user.Id, Token = fresh.Kept, Scopes = ScopesOf(request), ExpiresIn = ExpiryOf(request), Description = request.Description,
        }, cancellationToken);
        return Reply.Created(await TokenEndpoints.RenderAsync(id, fresh, tokens, time, cancellationToken), KontenaResponseJson.Wire.TokenJson);
    }

    private static async Task<IResult> CodeAsync(
        AuthorizeRequest request, HttpContext http, Commands commands, TokenReader tokens, SnapshotReader reader, CancellationToken cancellationToken)
    {
        var user = await ForAsync(request, http, reader, cancellationToken);
        var fresh = FreshCode.Make();
        var id = await commands.AskGridManagerAsync(new CreateCode
        {
            UserId = user.Id, CodeHash = TokenHash.Of(fresh), Scopes = ScopesOf(request), ExpiresIn = ExpiryOf(request), Description = request.Description,
        }, cancellationToken);
        var code = await tokens.FindCodeAsync(id ?? "", cancellationToken) ?? throw OAuth2.Refusal(StatusCodes.Status404NotFound, "Not found", null);
        return Reply.Created(TokenRendering.Render(code, user, fresh), KontenaResponseJson.Wire.CodeJson);
    }

    private static async Task<IResult> InviteAsync(
        AuthorizeRequest request, HttpContext http, Commands commands, TokenReader tokens, CancellationToken cancellationToken)
    {
        var caller = http.SignedIn().User;
        if (!Need.UserAdmin.IsMetBy(caller, grid: null))
            throw Denied();
        var code = FreshCode.Make();
        var id = await commands.AskGridManagerAsync(new InviteUser
        {
            Email = request.Email, Name = request.Username, ExternalId = request.ExternalId, InviteCodeHash = TokenHash.Of(code), ByMasterAdmin = caller.IsMasterAdmin,
        }, cancellationToken);
        // One who was found by their id at the provider may have another address than the one given.
        var invited = await tokens.UserAsync(id ?? "", cancellationToken);
        return Reply.Created(
            new InviteJson(invited?.Email ?? request.Email!, code, $"{http.Request.Scheme}://{http.Request.Host}/j/{code}"), KontenaResponseJson.Wire.InviteJson);
    }

    /// <summary>Whom the token or code is for: whoever asks, or for a master_admin anybody.</summary>
    private static async Task<User> ForAsync(AuthorizeRequest request, HttpContext http, SnapshotReader reader, CancellationToken cancellationToken)
    {
        var caller = http.SignedIn();
        if (!caller.MayMakeTokens || (request.User is not null && !caller.User.IsMasterAdmin))
            throw Denied();
        if (request.User is null)
            return caller.User;
        return await reader.FindUserAsync(request.User, cancellationToken) ?? throw OAuth2.Refusal(StatusCodes.Status404NotFound, "not_found", "user");
    }

    private static List<string> ScopesOf(AuthorizeRequest request) =>
        request.Scope?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal).ToList() is { Count: > 0 } scopes
            ? scopes
            : throw OAuth2.Refusal(StatusCodes.Status400BadRequest, "invalid_scope", $"scope: {string.Join(", ", TokenScopes.All)}, with commas between them");

    private static long? ExpiryOf(AuthorizeRequest request)
    {
        if (request.ExpiresIn is not { } text)
            return null;
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds))
            throw OAuth2.Invalid("expires_in: a whole number of seconds, 0 for never");
        return seconds == 0 ? null : seconds;
    }

    private static HttpRefusal Denied() => OAuth2.Refusal(StatusCodes.Status403Forbidden, "access_denied", null);
}

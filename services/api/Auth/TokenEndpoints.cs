using System.Text.Json;
using System.Text.Json.Nodes;
using Kontena.Api.Http;
using Kontena.Contracts.Http;
using Kontena.Contracts.Identity;

namespace Kontena.Api.Auth;

/// <summary>Exchanging codes and refresh tokens, and looking at tokens (rest-api.md §5.2, §5.7, §5.8).</summary>
internal static class TokenEndpoints
{
    public const string ExchangePath = "/oauth2/token";

    public static void Map(IEndpointRouteBuilder routes)
    {
        var tokens = routes.MapGroup("/oauth2").WithTags("tokens");
        tokens.MapPost("/token", ExchangeAsync).WithFacts("exchangeCode", Need.Anonymous).Refuses(400, "What to exchange is missing, or the grant type is unknown")
            .Refuses(404, "There is no such code or refresh token, or somebody has exchanged it").Refuses(429, "Over 60 exchanges from this address within a minute that failed")
            .Refuses(503, "grid-manager does not answer")
            .Produces<TokenJson>(201).WithMetadata(new BodyOf(typeof(TokenRequest))).WithSummary("Exchange a code or a refresh token, once, for a token");
        tokens.MapGet("/tokens", ListAsync).WithFacts("listTokens", Need.AnyUser).Produces<TokenJson>().WithSummary("The tokens and open codes of the token's user");
        tokens.MapGet("/tokens/{tokenOrId}", ShowAsync).WithFacts("showToken", Need.AnyUser).Refuses(401, "It is another user's")
            .Refuses(404, "There is no such token").Produces<TokenJson>().WithSummary("One token, by its id or by itself");
        tokens.MapDelete("/tokens/{tokenOrId}", RemoveAsync).WithFacts("removeToken", Need.AnyUser).Refuses(401, "It is another user's")
            .Refuses(404, "There is no such token").Produces(201).WithSummary("Take a token or a code away; it is refused within a second");
    }

    private static async Task<IResult> ExchangeAsync(
        HttpContext http, ExchangeTurns turns, Commands commands, TokenReader reader, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!turns.TryCount(http.Connection.RemoteIpAddress))
            throw OAuth2.TooMany(http);
        var request = await OAuth2.ReadAsync(http, KontenaResponseJson.Wire.TokenRequest);
        var fresh = FreshToken.Make();
        var made = request switch
        {
            { GrantType: "authorization_code", Code: { } code } =>
                await OnceAsync(http, reader.OwnerOfCodeAsync(code, cancellationToken), "authorization_code",
                    () => commands.AskGridManagerAsync(new RedeemCode { CodeHash = TokenHash.Of(code), Token = fresh.Kept }, cancellationToken)),
            { GrantType: "refresh_token", RefreshToken: { } refresh } =>
                await OnceAsync(http, reader.OwnerOfRefreshAsync(refresh, cancellationToken), "refresh_token",
                    () => commands.AskGridManagerAsync(new RefreshToken { RefreshHash = TokenHash.Of(refresh), Token = fresh.Kept }, cancellationToken)),
            { GrantType: "authorization_code" or "refresh_token" } =>
                throw OAuth2.Invalid(request.GrantType == "refresh_token" ? "refresh_token" : "authorization_code"),
            _ => throw OAuth2.Refusal(StatusCodes.Status400BadRequest, "unsupported_grant_type", "grant_type"),
        };
        turns.GiveBack(http.Connection.RemoteIpAddress);
        return Reply.Created(await RenderAsync(made, fresh, reader, time, cancellationToken), KontenaResponseJson.Wire.TokenJson);
    }

    /// <summary>A token that was just made, for the answer that shows it.</summary>
    internal static async Task<TokenJson> RenderAsync(string? id, FreshToken fresh, TokenReader reader, TimeProvider time, CancellationToken cancellationToken)
    {
        // Removed between two lines, with its user or alone: then it is worth nothing, and there is nothing to show.
        var token = await reader.FindTokenAsync(id ?? "", cancellationToken) ?? throw NotFound();
        var user = await reader.UserAsync(token.UserId, cancellationToken) ?? throw NotFound();
        return TokenRendering.Render(token, user, time.GetUtcNow(), fresh);
    }

    /// <param name="owner">What nobody made is turned away here: guesses fill no queue. Whose it is, is who exchanges it.</param>
    private static async Task<string?> OnceAsync(HttpContext http, Task<User?> owner, string what, Func<Task<string?>> exchange)
    {
        http.IsOf(await owner ?? throw OAuth2.Refusal(StatusCodes.Status404NotFound, "invalid_request", what));
        try
        {
            return await exchange();
        }
        catch (HttpRefusal refused) when (refused.Status == StatusCodes.Status404NotFound)
        {
            throw OAuth2.Refusal(StatusCodes.Status404NotFound, "invalid_request", (string?)refused.Body?["error"]);
        }
        catch (HttpRefusal refused) when (refused.Status == StatusCodes.Status422UnprocessableEntity)
        {
            throw OAuth2.InvalidAs(refused);
        }
    }

    private static async Task<IResult> ListAsync(HttpContext http, TokenReader reader, TimeProvider time, CancellationToken cancellationToken)
    {
        var user = http.SignedIn().User;
        var now = time.GetUtcNow();
        var tokens = (await reader.TokensOfAsync(user, cancellationToken)).Select(token => NodeOf(TokenRendering.Render(token, user, now)));
        var codes = (await reader.CodesOfAsync(user, cancellationToken)).Where(code => !code.IsOver(now)).Select(code => NodeOf(TokenRendering.Render(code, user)));
        return Reply.Of(StatusCodes.Status200OK, new JsonObject { ["tokens"] = new JsonArray([.. tokens, .. codes]) });
    }

    private static async Task<IResult> ShowAsync(string tokenOrId, HttpContext http, TokenReader reader, TimeProvider time, CancellationToken cancellationToken)
    {
        var (token, code, user) = await OwnAsync(tokenOrId, http, reader, cancellationToken);
        return Reply.Of(StatusCodes.Status200OK, token is not null ? NodeOf(TokenRendering.Render(token, user, time.GetUtcNow())) : NodeOf(TokenRendering.Render(code!, user)));
    }

    private static async Task RemoveAsync(string tokenOrId, HttpContext http, Commands commands, TokenReader reader, CancellationToken cancellationToken)
    {
        var (token, code, _) = await OwnAsync(tokenOrId, http, reader, cancellationToken);
        await commands.AskGridManagerAsync(new RemoveToken { Id = token?.Id ?? code!.Id }, cancellationToken);
        http.Response.StatusCode = StatusCodes.Status201Created;
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = 0;
    }

    /// <summary>A token or a code that is the caller's, or any for a master_admin.</summary>
    private static async Task<(AccessToken? Token, AuthorizationCode? Code, User User)> OwnAsync(
        string tokenOrId, HttpContext http, TokenReader reader, CancellationToken cancellationToken)
    {
        var token = await reader.FindTokenAsync(tokenOrId, cancellationToken);
        var code = token is null ? await reader.FindCodeAsync(tokenOrId, cancellationToken) : null;
        var caller = http.SignedIn().User;
        var owner = token?.UserId ?? code?.UserId ?? throw NotFound();
        if (owner == caller.Id)
            return (token, code, caller);
        if (!caller.IsMasterAdmin)
            throw OAuth2.Refusal(StatusCodes.Status401Unauthorized, "Unauthorized", null);
        return (token, code, await reader.UserAsync(owner, cancellationToken) ?? throw NotFound());
    }

    private static JsonNode NodeOf(TokenJson token) => JsonSerializer.SerializeToNode(token, KontenaResponseJson.Wire.TokenJson)!;

    private static JsonNode NodeOf(CodeJson code) => JsonSerializer.SerializeToNode(code, KontenaResponseJson.Wire.CodeJson)!;

    private static HttpRefusal NotFound() => OAuth2.Refusal(StatusCodes.Status404NotFound, "Not found", null);
}

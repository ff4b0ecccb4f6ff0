using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Kontena.Api.Http;
using Kontena.Api.Master;
using Kontena.Contracts.Identity;
using Kontena.State;
using Kontena.State.Documents;

namespace Kontena.Api.Auth;

/// <summary>Logins through the external provider: the way there, the way back, and the page that shows a code (rest-api.md §4, §5.4, §5.5).</summary>
internal static partial class LoginEndpoints
{
    private const int LongestCode = 4096;

    private static readonly QueryParameter RedirectUri = new("redirect_uri", QueryType.Text, "Where the browser goes with the code: http://localhost:PORT/…, or /code");
    private static readonly QueryParameter InviteCode = new("invite_code", QueryType.Text, "The invitation of whoever logs in");
    private static readonly QueryParameter ExpiresIn = new("expires_in", QueryType.Integer, "Seconds that the token will last; 0 for never") { Default = "0", Least = 0 };
    private static readonly QueryParameter Code = new("code", QueryType.Text, "What the provider exchanges for a token");
    private static readonly QueryParameter State = new("state", QueryType.Text, "What was sent along to the provider");
    private static readonly QueryParameter Error = new("error", QueryType.Text, "That the provider let nobody in");

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/authenticate", BeginAsync).WithFacts("startLogin", Need.Anonymous).Reads(RedirectUri, InviteCode, ExpiresIn)
            .Refuses(400, "redirect_uri is missing, or neither at localhost nor /code; or expires_in is no number of seconds").Refuses(403, "There is no such invitation")
            .Refuses(429, "Over 60 from this address within a minute").Refuses(501, "No provider is configured").Refuses(503, "The store or grid-manager does not answer")
            .Produces(302).WithSummary("Log in through the provider: the Location is where to").WithTags("tokens");
        routes.MapGet("/cb", FinishAsync).WithFacts("finishLogin", Need.Anonymous).Reads(Code, State, Error)
            .Refuses(400, "The state is unknown, used or over, or the provider did not say who it is; the body is a bare JSON string")
            .Refuses(403, "Whoever logged in is no user here; the body is a bare JSON string").Refuses(429, "Over 60 from this address within a minute")
            .Refuses(501, "No provider is configured").Refuses(502, "The provider let nobody in; the body is a bare JSON string")
            .Refuses(503, "The store, the vault or grid-manager does not answer")
            .Produces(302).WithSummary("Where the provider sends the browser back to").WithTags("tokens");
        routes.MapGet(CodePage.Path, () => CodePage.Shown).WithFacts("showCode", Need.Anonymous).Produces(200).WithSummary("A page that shows the code in its address").WithTags("tokens");
    }

    private static async Task<IResult> BeginAsync(
        HttpContext http, MasterConfigReader reader, LoginTurns turns, Commands commands, CancellationToken cancellationToken)
    {
        if (!turns.TryCount(http.Connection.RemoteIpAddress))
            throw OAuth2.TooMany(http);
        var provider = LoginProvider.From(await reader.ReadAsync(cancellationToken)) ?? throw NotConfigured();
        var redirect = RedirectUri.TextOf(http) ?? throw OAuth2.Invalid("Missing redirect_uri");
        if (!IsRedirect(redirect))
            throw OAuth2.Invalid("Invalid redirect_uri");
        var state = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var verifier = provider.Pkce ? Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32)) : null;
        try
        {
            await commands.AskGridManagerAsync(new BeginLogin
            {
                StateHash = TokenHash.Of(state), RedirectUri = redirect, ExpiresIn = ExpiryOf(http), Verifier = verifier,
                InviteCodeHash = InviteCode.TextOf(http) is { } invite ? TokenHash.Of(invite) : null,
            }, cancellationToken);
        }
        catch (HttpRefusal refused) when (refused.Status == StatusCodes.Status404NotFound)
        {
            throw OAuth2.Refusal(StatusCodes.Status403Forbidden, "access_denied", "Invalid invite code");
        }
        catch (HttpRefusal refused) when (refused.Status == StatusCodes.Status422UnprocessableEntity)
        {
            throw OAuth2.InvalidAs(refused);
        }

        return new Redirection(provider.AuthorizeUrl(state, verifier is null ? null : Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)))));
    }

    private static async Task<IResult> FinishAsync(
        HttpContext http, MasterConfigReader reader, ProviderClient client, LoginTurns turns, IStateStore store, Commands commands,
        ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        if (!turns.TryCount(http.Connection.RemoteIpAddress))
            throw OAuth2.TooMany(http);
        if (Error.TextOf(http) is { } error)
        {
            LogDenied(loggers.CreateLogger(typeof(LoginEndpoints).FullName!), new string([.. error.Where(c => c is > ' ' and <= '~').Take(60)]));
            return Bare(StatusCodes.Status502BadGateway, "The login provider let nobody in");
        }

        if (State.TextOf(http) is not { Length: <= 256 } state)
            return Bare(StatusCodes.Status400BadRequest, "invalid_request");
        var hash = TokenHash.Of(state);
        // What nobody began is turned away here: guesses fill no queue.
        if (await store.GetAsync(StateKeys.LoginRequest, StateKeys.System, hash, cancellationToken) is not { Value: var login })
            return Bare(StatusCodes.Status400BadRequest, "invalid_request");
        var config = await reader.ReadAsync(cancellationToken);
        if (LoginProvider.From(config) is null)
            throw NotConfigured();
        await reader.OpenAsync(config, cancellationToken);
        var provider = LoginProvider.From(config) ?? throw NotConfigured();

        var taking = new TakeLogin { StateHash = hash, TakenBy = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)) };
        if (await RefusedAsync(commands.AskGridManagerAsync(taking, cancellationToken)) is not null)
            return Bare(StatusCodes.Status400BadRequest, "invalid_request");
        if (Code.TextOf(http) is not { Length: <= LongestCode } given || await client.WhoAsync(provider, given, login.Verifier, cancellationToken) is not { } who)
            return Bare(StatusCodes.Status400BadRequest, "Authentication failed");

        var code = FreshCode.Make();
        var finishing = new FinishLogin
        {
            StateHash = hash, TakenBy = taking.TakenBy, ExternalId = who.Id, Email = who.Email, EmailIsUnproven = who.EmailIsUnproven, Name = who.Name,
            CodeHash = TokenHash.Of(code),
        };
        if (await RefusedAsync(commands.AskGridManagerAsync(finishing, cancellationToken)) is { } refused)
        {
            return refused.Body?["error"] is JsonObject fields && fields.ContainsKey("email") ? Bare(StatusCodes.Status400BadRequest, "The login provider's e-mail address or id can't be used")
                : refused.Status == StatusCodes.Status404NotFound ? Bare(StatusCodes.Status400BadRequest, "invalid_request")
                : Bare(StatusCodes.Status403Forbidden, "Access denied");
        }

        return new Redirection(Target(login.RedirectUri, code, LoginProvider.TextOf(config, "server.name")));
    }

    /// <summary>At this name alone, not at 127.0.0.1 (rest-api.md §5.4): whatever is there is on the machine of whoever logs in.</summary>
    internal static bool IsRedirect(string text) =>
        text == CodePage.Path
        || (Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Host == "localhost" && address.UserInfo.Length == 0
            && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps) && !text.Any(c => char.IsControl(c) || c == '\\'));

    /// <summary>The code takes the place of any query; for the page it stands where no server and no log sees it.</summary>
    internal static string Target(string redirect, string code, string? server)
    {
        var fields = $"code={code}{(server is null ? "" : $"&server_name={Uri.EscapeDataString(server)}")}";
        return redirect == CodePage.Path ? $"{CodePage.Path}#{fields}" : $"{new Uri(redirect).GetLeftPart(UriPartial.Path)}?{fields}";
    }

    private static async Task<HttpRefusal?> RefusedAsync(Task<string?> asked)
    {
        try
        {
            await asked;
            return null;
        }
        catch (HttpRefusal refused) when (refused.Status is StatusCodes.Status404NotFound or StatusCodes.Status422UnprocessableEntity)
        {
            return refused;
        }
    }

    private static long? ExpiryOf(HttpContext http)
    {
        if (ExpiresIn.TextOf(http) is not { } text)
            return null;
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds))
            throw OAuth2.Invalid("expires_in: a whole number of seconds, 0 for never");
        return seconds == 0 ? null : seconds;
    }

    private static Reply Bare(int status, string text) => Reply.Of(status, JsonValue.Create(text));

    private static HttpRefusal NotConfigured() => OAuth2.Refusal(
        StatusCodes.Status501NotImplemented, "server_error",
        "Authentication provider not configured; log in with kontena master login --token TOKEN, or with a code: kontena master login --code CODE");

    [LoggerMessage(Level = LogLevel.Information, Message = "The login provider let nobody in: {Error}")]
    private static partial void LogDenied(ILogger logger, string error);
}

/// <summary>302 without a body.</summary>
internal sealed class Redirection(string location) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = StatusCodes.Status302Found;
        httpContext.Response.Headers.Location = location;
        httpContext.Response.ContentLength = 0;
        return Task.CompletedTask;
    }
}

/// <summary>Logins through the provider, begun or come back.</summary>
internal sealed class LoginTurns(ApiOptions options, TimeProvider time) : AddressWindows(options, time);

using Kontena.Api.Auth;
using Kontena.Contracts.Commands;
using Kontena.Contracts.Identity;
using Kontena.State;

namespace Kontena.Api.Tests.Auth;

/// <summary>Tokens and codes over HTTP, with grid-manager's part scripted (rest-api.md §5).</summary>
public sealed class TokenTests : IAsyncLifetime
{
    private static readonly User Dev = Some.User("dev@x");
    private ApiUnderTest _api = null!;
    private HttpClient _dev = null!;

    public async ValueTask InitializeAsync()
    {
        _api = await ApiUnderTest.StartAsync();
        _dev = await _api.ClientOfAsync(Dev, "token-of-dev");
        _api.Bus.Answer<CreateToken>(async command => await KeptAsync(command.UserId, command.Token, command.Scopes, command.ExpiresIn, command.Description));
    }

    public async ValueTask DisposeAsync()
    {
        _dev.Dispose();
        await _api.DisposeAsync();
    }

    [Fact]
    public async Task A_token_is_shown_once_and_only_its_hash_is_handed_on()
    {
        var made = await _api.SendAsync(HttpMethod.Post, "/oauth2/authorize", new { response_type = "token", scope = "user,owner", expires_in = 7200, description = "laptop" }, _dev);

        Assert.Equal(201, made.Status);
        Assert.Equal("id token_type access_token refresh_token access_token_last_four refresh_token_last_four expires_in scopes description user server", made.Keys);
        var (token, refresh) = ((string)made.Json["access_token"]!, (string)made.Json["refresh_token"]!);
        Assert.Equal((64, 128, "bearer", "user,owner", "laptop"), (token.Length, refresh.Length, (string?)made.Json["token_type"], (string?)made.Json["scopes"], (string?)made.Json["description"]));
        Assert.Equal((token[^4..], refresh[^4..]), ((string?)made.Json["access_token_last_four"], (string?)made.Json["refresh_token_last_four"]));
        Assert.InRange((int)made.Json["expires_in"]!, 7190, 7200);
        Assert.Equal($$"""{"id":"{{Dev.Id}}","email":"dev@x","name":""}""", made.Json["user"]!.ToJsonString());
        Assert.Equal("""{"name":null}""", made.Json["server"]!.ToJsonString());
        var command = _api.Bus.Single<CreateToken>();
        Assert.Equal((TokenHash.Of(token), TokenHash.Of(refresh)), (command.Token.Hash, command.Token.RefreshHash));

        using var client = _api.ClientWith(token);
        Assert.Equal("dev@x", (string?)(await _api.SendAsync(HttpMethod.Get, "/v1/user", client: client)).Json["email"]);
        var shown = await _api.SendAsync(HttpMethod.Get, $"/oauth2/tokens/{token}", client: client);
        Assert.Equal((200, (string?)made.Json["id"], true), (shown.Status, (string?)shown.Json["id"], shown.Json.AsObject().ContainsKey("access_token")));
        Assert.Null(shown.Json["access_token"]);
        Assert.Equal(2, (await _api.SendAsync(HttpMethod.Get, "/oauth2/tokens", client: client)).Json["tokens"]!.AsArray().Count);
    }

    [Theory]
    [InlineData("""{"response_type":"token","scope":"user","expires_in":"soon"}""", """400 {"error":"invalid_request","error_description":"expires_in: a whole number of seconds, 0 for never"}""")]
    [InlineData("""{"response_type":"token","scope":" , "}""", """400 {"error":"invalid_scope","error_description":"scope: user, owner, with commas between them"}""")]
    [InlineData("""{"response_type":"password","scope":"user"}""", """400 {"error":"unsupported_response_type","error_description":"response_type: one of token, code, invite"}""")]
    [InlineData("""{"response_type":"token","scope":"user","user":"admin"}""", """403 {"error":"access_denied","error_description":null}""")]
    [InlineData("""{"response_type":"invite","email":"new@x"}""", """403 {"error":"access_denied","error_description":null}""")]
    [InlineData("{}", """400 {"error":"invalid_request","error_description":"The body has no parameters: send JSON or a form"}""")]
    [InlineData("{", """400 {"error":"invalid_request","error_description":"The body is neither JSON nor a form"}""")]
    [InlineData("[1]", """400 {"error":"invalid_request","error_description":"The body is no JSON object"}""")]
    public async Task What_is_not_possible_is_refused_in_the_words_of_OAuth2(string body, string said)
    {
        var answer = await _api.SendAsync(HttpMethod.Post, "/oauth2/authorize", body, _dev);

        Assert.Equal(said, $"{answer.Status} {answer.Text}");
        Assert.Empty(_api.Bus.Asked);
    }

    [Fact]
    public async Task A_token_for_a_narrower_purpose_makes_no_others()
    {
        using var narrow = await _api.ClientOfAsync(Dev, "narrow-token", token => token with { Scopes = ["owner"] });

        Assert.Equal(403, (await _api.SendAsync(HttpMethod.Post, "/oauth2/authorize", new { response_type = "token", scope = "user" }, narrow)).Status);
    }

    [Fact]
    public async Task The_administrator_makes_a_token_that_never_ends_for_somebody_else()
    {
        var made = await _api.PostAsync("/oauth2/authorize", new { response_type = "token", scope = "user", expires_in = 0, user = "DEV@x" });

        Assert.Equal((201, Dev.Id, null, null), (made.Status, (string?)made.Json["user"]!["id"], (string?)made.Json["refresh_token"], (int?)made.Json["expires_in"]));
        Assert.Equal("""404 {"error":"not_found","error_description":"user"}""", Said(await _api.PostAsync("/oauth2/authorize", new { response_type = "token", scope = "user", user = "no@x" })));
    }

    [Fact]
    public async Task A_refusal_of_grid_manager_is_told_in_the_words_of_OAuth2()
    {
        _api.Bus.Answer<CreateToken>(_ => CommandResult.Refused(FieldError.At("scope", "Scope isn't an option"), FieldError.At("expires_in", "Expires In is too big")));

        var answer = await _api.PostAsync("/oauth2/authorize", new { response_type = "token", scope = "all" });

        Assert.Equal("""400 {"error":"invalid_request","error_description":"Scope isn't an option; Expires In is too big"}""", Said(answer));
    }

    [Fact]
    public async Task A_code_is_exchanged_without_a_login_also_by_a_form_and_as_a_number()
    {
        await _api.PutAsync(StateKeys.AuthorizationCode, StateKeys.System, CodeOf("123456"));
        _api.Bus.Answer<RedeemCode>(async command => await KeptAsync(Dev.Id, command.Token, ["user"], null, null));

        var json = await _api.SendAsync(HttpMethod.Post, "/oauth2/token", """{"grant_type":"authorization_code","code":123456,"client_id":"x"}""", _api.Anonymous);
        Assert.Equal((201, "dev@x"), (json.Status, (string?)json.Json["user"]!["email"]));

        using var form = new FormUrlEncodedContent([new("grant_type", "authorization_code"), new("code", " 123456 "), new("state", "")]);
        using var answer = await _api.Anonymous.PostAsync(new Uri("/oauth2/token", UriKind.Relative), form, TestContext.Current.CancellationToken);
        Assert.Equal(201, (int)answer.StatusCode);

        var wrong = await _api.SendAsync(HttpMethod.Post, "/oauth2/token", new { grant_type = "authorization_code", code = "7" }, _api.Anonymous);
        Assert.Equal("""404 {"error":"invalid_request","error_description":"authorization_code"}""", Said(wrong));
        Assert.Equal(2, _api.Bus.Asked.Count);
        // For the audit log.
        Assert.All(_api.Bus.Callers, one => Assert.Equal((Dev.Id, "dev@x", "127.0.0.1"), (one?.Id, one?.Name, one?.Address)));
    }

    [Theory]
    [InlineData("""{"grant_type":"password"}""", """400 {"error":"unsupported_grant_type","error_description":"grant_type"}""")]
    [InlineData("""{"grant_type":"authorization_code","code":" "}""", """400 {"error":"invalid_request","error_description":"authorization_code"}""")]
    [InlineData("""{"grant_type":"refresh_token"}""", """400 {"error":"invalid_request","error_description":"refresh_token"}""")]
    public async Task What_can_not_be_exchanged_says_why(string body, string said) =>
        Assert.Equal(said, Said(await _api.SendAsync(HttpMethod.Post, "/oauth2/token", body, _api.Anonymous)));

    [Fact]
    public async Task A_refresh_token_is_exchanged_by_its_hash()
    {
        _api.Bus.Answer<RefreshToken>(_ => CommandResult.NotFound("refresh_token"));
        var guessed = await _api.SendAsync(HttpMethod.Post, "/oauth2/token", new { grant_type = "refresh_token", refresh_token = "guess" }, _api.Anonymous);
        Assert.Equal("""404 {"error":"invalid_request","error_description":"refresh_token"}""", Said(guessed));
        Assert.Empty(_api.Bus.Asked);

        await _api.PutAsync(StateKeys.AccessToken, StateKeys.System, Some.Token(Dev, "other") with { RefreshHash = TokenHash.Of("secret") });
        var answer = await _api.SendAsync(HttpMethod.Post, "/oauth2/token", new { grant_type = "refresh_token", refresh_token = "secret" }, _api.Anonymous);

        Assert.Equal("""404 {"error":"invalid_request","error_description":"refresh_token"}""", Said(answer));
        Assert.Equal(TokenHash.Of("secret"), _api.Bus.Single<RefreshToken>().RefreshHash);
    }

    [Fact]
    public async Task Tokens_of_others_are_for_master_admins()
    {
        using var other = await _api.ClientOfAsync(Some.User("other@x"), "token-of-other");
        var id = Some.Token(Dev, "token-of-dev").Id;
        _api.Bus.Answer<RemoveToken>(_ => CommandResult.Done());

        foreach (var path in new[] { id, "token-of-dev" })
        {
            Assert.Equal("""401 {"error":"Unauthorized","error_description":null}""", Said(await _api.SendAsync(HttpMethod.Get, $"/oauth2/tokens/{path}", client: other)));
            Assert.Equal(401, (await _api.SendAsync(HttpMethod.Delete, $"/oauth2/tokens/{path}", client: other)).Status);
            Assert.Equal(200, (await _api.GetAsync($"/oauth2/tokens/{path}")).Status);
        }

        Assert.Empty(_api.Bus.Asked);
        Assert.Equal((201, ""), (await _api.SendAsync(HttpMethod.Delete, $"/oauth2/tokens/{id}", client: _dev)) is var removed ? (removed.Status, removed.Text) : default);
        Assert.Equal(id, _api.Bus.Single<RemoveToken>().Id);
        Assert.Equal("""404 {"error":"Not found","error_description":null}""", Said(await _api.GetAsync("/oauth2/tokens/nothing")));
    }

    [Fact]
    public async Task A_code_shows_what_it_is_and_itself_only_when_it_is_made()
    {
        _api.Bus.Answer<CreateCode>(async command =>
        {
            var code = new AuthorizationCode
            {
                Id = "00000000000000000000c0de", UserId = command.UserId, CodeHash = command.CodeHash, Scopes = command.Scopes,
                RedeemBefore = DateTimeOffset.MaxValue, CreatedAt = Some.Noon,
            };
            await _api.PutAsync(StateKeys.AuthorizationCode, StateKeys.System, code);
            return CommandResult.Done(code.Id);
        });

        var made = await _api.SendAsync(HttpMethod.Post, "/oauth2/authorize", new { response_type = "code", scope = "user" }, _dev);
        Assert.Equal("id grant_type code scopes description user server", made.Keys);
        var code = (string)made.Json["code"]!;
        Assert.True(code.Length == 32 && char.IsAsciiLetter(code[0]), code);
        Assert.Equal(TokenHash.Of(code), _api.Bus.Single<CreateCode>().CodeHash);
        Assert.DoesNotContain(code, (await _api.SendAsync(HttpMethod.Get, "/oauth2/tokens", client: _dev)).Text, StringComparison.Ordinal);
    }

    private static AuthorizationCode CodeOf(string code) => new()
    {
        Id = "00000000000000000000c0de", UserId = Dev.Id, CodeHash = TokenHash.Of(code), Scopes = ["user"], RedeemBefore = DateTimeOffset.MaxValue, CreatedAt = Some.Noon,
    };

    private static string Said(Answer answer) => $"{answer.Status} {answer.Text}";

    /// <summary>As grid-manager keeps it.</summary>
    private async Task<CommandResult> KeptAsync(string user, NewToken made, IReadOnlyList<string> scopes, long? expiresIn, string? description)
    {
        var token = new AccessToken
        {
            Id = made.Hash[..24], UserId = user, TokenHash = made.Hash, LastFour = made.LastFour, Scopes = scopes, Description = description,
            RefreshHash = expiresIn is null ? null : made.RefreshHash, RefreshLastFour = expiresIn is null ? null : made.RefreshLastFour,
            ExpiresAt = expiresIn is { } seconds ? TimeProvider.System.GetUtcNow().AddSeconds(seconds) : null, CreatedAt = Some.Noon,
        };
        await _api.PutAsync(StateKeys.AccessToken, StateKeys.System, token);
        return CommandResult.Done(token.Id);
    }
}

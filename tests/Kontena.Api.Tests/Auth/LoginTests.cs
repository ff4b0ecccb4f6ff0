using Kontena.Api.Auth;
using Kontena.Contracts.Commands;
using Kontena.Contracts.Config;
using Kontena.Contracts.Identity;
using Kontena.Core.Vault;
using Kontena.State;
using Microsoft.AspNetCore.Http;

namespace Kontena.Api.Tests.Auth;

/// <summary>Logging in through a real provider, with grid-manager's answers written down.</summary>
public sealed class LoginTests : IAsyncLifetime
{
    private const string Begin = "/authenticate?redirect_uri=http://localhost:4711/cb&expires_in=7200";

    private readonly HttpClient _browser = new(new HttpClientHandler { AllowAutoRedirect = false });
    private ApiUnderTest _api = null!;
    private SmallProvider _provider = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _api = await ApiUnderTest.StartAsync();
        _provider = await SmallProvider.StartAsync();
        await ConfigureAsync();
        _api.Bus.Answer<ReadConfigSecrets>(question => new ConfigSecretsRead
        {
            Result = CommandResult.Done(),
            Values = [new("oauth2.client_secret", BusSeal.Seal(question.PublicKey, ConfigPlaces.Reading("oauth2.client_secret"), $"\"{SmallProvider.ClientSecret}\""))],
        });
        _api.Bus.Answer<BeginLogin>(async command =>
        {
            if (command.InviteCodeHash is not null)
                return CommandResult.NotFound("Invalid invite code");
            await _api.PutAsync(StateKeys.LoginRequest, StateKeys.System, new LoginRequest
            {
                Id = command.StateHash, RedirectUri = command.RedirectUri, ExpiresIn = command.ExpiresIn, Verifier = command.Verifier,
                Before = Some.Noon.AddHours(1), CreatedAt = Some.Noon,
            });
            return CommandResult.Done();
        });
        _api.Bus.Answer<TakeLogin>(_ => CommandResult.Done());
        _api.Bus.Answer<FinishLogin>(_ => CommandResult.Done("id"));
    }

    public async ValueTask DisposeAsync()
    {
        _browser.Dispose();
        await _provider.DisposeAsync();
        await _api.DisposeAsync();
    }

    private Task ConfigureAsync(params ConfigValue[] more) => _api.PutAsync(StateKeys.MasterConfig, StateKeys.System, new MasterConfig
    {
        Values =
        [
            new("oauth2.client_id", $"\"{SmallProvider.ClientId}\""), new("oauth2.authorize_endpoint", $"\"{_provider.Address}/authorize\""),
            new("oauth2.token_endpoint", $"\"{_provider.Address}/token\""), new("oauth2.userinfo_endpoint", $"\"{_provider.Address}/userinfo\""),
            new("server.root_url", $"\"{_api.Address}\""), new("server.name", "\"my prod\""), .. more,
        ],
        Secrets = [new("oauth2.client_secret", "k", "sealed-text")],
        UpdatedAt = Some.Noon,
    });

    private async Task<(int Status, string? Location, string Text)> GetAsync(string address)
    {
        using var response = await _browser.GetAsync(new Uri(_api.Address, address), Cancelled);
        return ((int)response.StatusCode, response.Headers.Location?.OriginalString, await response.Content.ReadAsStringAsync(Cancelled));
    }

    /// <summary>From the first request to the answer of <c>/cb</c>, as a browser goes it.</summary>
    private async Task<(int Status, string? Location, string Text)> LogInAsync(string begin = Begin)
    {
        var there = await GetAsync(begin);
        Assert.Equal(302, there.Status);
        var back = await GetAsync(there.Location!);
        Assert.Equal(302, back.Status);
        return await GetAsync(back.Location!);
    }

    [Fact]
    public async Task Who_logs_in_at_the_provider_comes_back_with_a_code()
    {
        var (status, location, _) = await LogInAsync();

        Assert.Equal(302, status);
        var finished = _api.Bus.Single<FinishLogin>();
        Assert.StartsWith("http://localhost:4711/cb?code=c", location, StringComparison.Ordinal);
        Assert.EndsWith("&server_name=my%20prod", location, StringComparison.Ordinal);
        var code = location!.Split("code=")[1].Split('&')[0];
        Assert.Equal((TokenHash.Of(code), "7", "dev@example.org", "dev", false),
            (finished.CodeHash, finished.ExternalId, finished.Email, finished.Name, finished.EmailIsUnproven));
        var begun = _api.Bus.Single<BeginLogin>();
        Assert.Equal(((long?)7200, finished.StateHash), (begun.ExpiresIn, begun.StateHash));
        Assert.NotNull(begun.Verifier);
    }

    [Fact]
    public async Task Without_a_browser_the_code_stands_in_the_fragment_of_a_page()
    {
        var (status, location, _) = await LogInAsync("/authenticate?redirect_uri=/code");

        Assert.Equal(302, status);
        Assert.StartsWith("/code#code=c", location, StringComparison.Ordinal);
        Assert.Null(_api.Bus.Single<BeginLogin>().ExpiresIn);
        var page = await GetAsync("/code");
        Assert.Contains("textContent", page.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("oauth2.token_post_content_type", "\"application/x-www-form-urlencoded\"")]
    [InlineData("oauth2.pkce", "false")]
    public async Task A_provider_is_asked_the_way_it_is_configured(string key, string json)
    {
        await ConfigureAsync(new ConfigValue(key, json));

        Assert.Equal(302, (await LogInAsync()).Status);
        Assert.Equal(key == "oauth2.pkce", _api.Bus.Single<BeginLogin>().Verifier is null);
    }

    [Theory]
    [InlineData("/authenticate", 400, "Missing redirect_uri")]
    [InlineData("/authenticate?redirect_uri=http://127.0.0.1:1/cb", 400, "Invalid redirect_uri")]
    [InlineData("/authenticate?redirect_uri=http://localhost.evil.example/cb", 400, "Invalid redirect_uri")]
    [InlineData("/authenticate?redirect_uri=http://u@localhost/cb", 400, "Invalid redirect_uri")]
    [InlineData("/authenticate?redirect_uri=//localhost/cb", 400, "Invalid redirect_uri")]
    [InlineData("/authenticate?redirect_uri=javascript://localhost/%250a", 400, "Invalid redirect_uri")]
    [InlineData("/authenticate?redirect_uri=/code/", 400, "Invalid redirect_uri")]
    [InlineData("/authenticate?redirect_uri=/code&expires_in=soon", 400, "expires_in")]
    [InlineData("/authenticate?redirect_uri=/code&invite_code=none", 403, "Invalid invite code")]
    public async Task What_can_not_begin_is_refused_in_words(string path, int status, string says)
    {
        var answer = await GetAsync(path);
        Assert.Equal(status, answer.Status);
        Assert.Contains(says, answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_provider_nothing_begins()
    {
        await _api.DeleteAsync(StateKeys.MasterConfig, StateKeys.System, "config");
        var answer = await GetAsync(Begin);
        Assert.Equal(501, answer.Status);
        Assert.Contains("server_error", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_state_that_nobody_began_or_somebody_took_asks_nobody()
    {
        Assert.Equal((400, null, "\"invalid_request\""), await GetAsync("/cb?code=x"));
        Assert.Equal((400, null, "\"invalid_request\""), await GetAsync("/cb?code=x&state=guess"));
        Assert.Empty(_api.Bus.Asked);
        _api.Bus.Answer<TakeLogin>(_ => CommandResult.NotFound("invalid_request"));
        Assert.Equal((400, null, "\"invalid_request\""), await LogInAsync());
        Assert.DoesNotContain("/token", _provider.Asked);
    }

    [Fact]
    public async Task A_provider_that_refuses_is_a_502()
    {
        var answer = await GetAsync("/cb?error=access_denied&error_description=no&state=x");
        Assert.Equal(502, answer.Status);
        Assert.DoesNotContain("access_denied", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("elsewhere")]
    [InlineData("huge")]
    [InlineData("no json")]
    [InlineData("no token")]
    [InlineData("error")]
    public async Task A_provider_that_answers_nonsense_lets_nobody_in(string what)
    {
        _provider.TokenInstead = async http =>
        {
            if (what == "elsewhere")
                http.Response.Redirect($"{_provider.Address}/elsewhere");
            else if (what == "error")
                http.Response.StatusCode = 500;
            else
                await http.Response.WriteAsync(what switch
                {
                    "huge" => $$"""{"access_token":"{{new string('x', ProviderClient.LargestAnswer)}}"}""",
                    "no token" => "[1]",
                    _ => "access_token=the-providers-token",
                }, Cancelled);
        };

        Assert.Equal((400, null, "\"Authentication failed\""), await LogInAsync());
        // Where it is configured to ask, it asks, and nowhere else.
        Assert.DoesNotContain("/elsewhere", _provider.Asked);
        Assert.DoesNotContain("/userinfo", _provider.Asked);
    }

    [Theory]
    [InlineData("user", "Access denied", 403, "\"Access denied\"")]
    [InlineData("email", "is none", 400, "\"The login provider's e-mail address or id can't be used\"")]
    public async Task Who_is_no_user_here_is_told_so(string field, string says, int status, string text)
    {
        _api.Bus.Answer<FinishLogin>(_ => CommandResult.Refused(FieldError.At(field, says)));
        Assert.Equal((status, null, text), await LogInAsync());
    }

    [Theory]
    [InlineData("""{"a":{"id":"x"}}""", "$..id", "x")]
    [InlineData("""{"a":{"id":"deep"},"id":"near"}""", "$..id", "near")]
    [InlineData("""{"a":{"b":[{"c":5}]}}""", "$.a.b[0].c", "5")]
    [InlineData("""{"mails":["m1","m2"]}""", "$..none;$.mails", "m1")]
    [InlineData("""{"v":true}""", "$.v", "true")]
    [InlineData("""{"v":null,"w":{}}""", "$.v;$.w;$.x[3];[;..;$", null)]
    public void Paths_pick_what_they_name(string json, string paths, string? picked)
    {
        using var document = System.Text.Json.JsonDocument.Parse(json);
        Assert.Equal(picked, UserInfo.Pick(document.RootElement, paths));
    }
}

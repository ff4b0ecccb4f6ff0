using Kontena.Api.Auth;
using Kontena.Contracts.Identity;
using Kontena.State;
using Kontena.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Kontena.Api.Tests.Auth;

/// <summary>Whose a token is, and for how long.</summary>
public sealed class SignInTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_shows_its_user()
    {
        await using var api = await ApiUnderTest.StartAsync();
        using var client = await api.ClientOfAsync(Some.User("dev@x", ["main"], UserRoles.GridAdmin), "token-of-dev");

        var user = await api.SendAsync(HttpMethod.Get, "/v1/user", client: client);

        Assert.Equal(
            $$"""{"id":"{{Some.User("dev@x").Id}}","email":"dev@x","name":null,"roles":[{"name":"grid_admin","description":"Grid admin"}]}""", user.Text);
    }

    [Fact]
    public async Task A_token_that_has_expired_says_so()
    {
        await using var api = await ApiUnderTest.StartAsync();
        using var client = await api.ClientOfAsync(Some.User("dev@x"), "token-of-dev", token => token with { ExpiresAt = DateTimeOffset.UnixEpoch });

        var refused = await api.SendAsync(HttpMethod.Get, "/v1/user", client: client);

        Assert.Equal((403, """{"error":"invalid_token","error_description":"Token expired"}"""), (refused.Status, refused.Text));
        Assert.Equal("Bearer realm=\"kontena_master\", error=\"invalid_token\", error_description=\"Token expired\"", refused.WwwAuthenticate);
    }

    [Theory]
    [InlineData("token")]
    [InlineData("user")]
    public async Task A_revoked_token_is_refused_within_a_second(string what)
    {
        await using var api = await ApiUnderTest.StartAsync();
        var dev = Some.User("dev@x");
        using var client = await api.ClientOfAsync(dev, "token-of-dev");
        Assert.Equal(200, (await api.SendAsync(HttpMethod.Get, "/v1/user", client: client)).Status);

        if (what == "token")
            await api.DeleteAsync(StateKeys.AccessToken, StateKeys.System, Some.Token(dev, "token-of-dev").Id);
        else
            await api.DeleteAsync(StateKeys.User, StateKeys.System, dev.Id);
        var since = TimeProvider.System.GetTimestamp();
        while ((await api.SendAsync(HttpMethod.Get, "/v1/user", client: client)).Status == 200)
            Assert.True(TimeProvider.System.GetElapsedTime(since) < TimeSpan.FromSeconds(1), "the token still works after a second");
    }

    [Fact]
    public async Task What_was_found_is_good_for_half_a_second_and_what_was_not_is_looked_for_again()
    {
        await using var api = await ApiUnderTest.StartAsync();
        var clock = new TestClock();
        var signIns = new SignIns(api.Services.GetRequiredService<AdministratorToken>(), api.Services.GetRequiredService<IStateStore>(), clock);
        var dev = Some.User("dev@x");
        Assert.Null(await signIns.FindAsync("token-of-dev", Cancelled));
        using var client = await api.ClientOfAsync(dev, "token-of-dev");
        Assert.Equal("dev@x", (await signIns.FindAsync("token-of-dev", Cancelled))?.User.Email);

        await api.DeleteAsync(StateKeys.AccessToken, StateKeys.System, Some.Token(dev, "token-of-dev").Id);
        clock.Advance(SignIns.Freshness - TimeSpan.FromMilliseconds(1));
        Assert.NotNull(await signIns.FindAsync("token-of-dev", Cancelled));
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Null(await signIns.FindAsync("token-of-dev", Cancelled));
        Assert.Null(await signIns.FindAsync(new string('x', TokenHash.LongestToken + 1), Cancelled));
    }
}

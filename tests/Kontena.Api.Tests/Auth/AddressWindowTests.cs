using System.Net;
using Kontena.Api.Auth;
using Kontena.Testing;

namespace Kontena.Api.Tests.Auth;

/// <summary>Whoever guesses waits (rest-api.md §1.7).</summary>
public sealed class AddressWindowTests
{
    private readonly TestClock _clock = new();
    private readonly FailedSignIns _failed;

    public AddressWindowTests() => _failed = new FailedSignIns(new ApiOptions { TokenFile = "none" }, _clock);

    [Theory]
    [InlineData("203.0.113.7", "203.0.113.8", "::ffff:203.0.113.7")]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", "2001:db8::ffff")]
    public void An_address_has_sixty_within_a_minute(string one, string other, string same)
    {
        for (var i = 0; i < AddressWindows.Most; i++)
            Assert.True(_failed.TryCount(IPAddress.Parse(one)));

        Assert.False(_failed.TryCount(IPAddress.Parse(one)));
        Assert.True(_failed.IsFull(IPAddress.Parse(same)));
        Assert.False(_failed.IsFull(IPAddress.Parse(other)));

        _clock.Advance(AddressWindows.Window - TimeSpan.FromSeconds(1));
        Assert.True(_failed.IsFull(IPAddress.Parse(one)));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(_failed.IsFull(IPAddress.Parse(one)));
    }

    [Fact]
    public void This_machine_is_not_counted()
    {
        for (var i = 0; i < 100; i++)
            Assert.True(_failed.TryCount(IPAddress.Loopback) && _failed.TryCount(IPAddress.IPv6Loopback) && _failed.TryCount(null));
    }

    [Fact]
    public void No_more_addresses_are_kept_than_there_may_be()
    {
        var full = IPAddress.Parse("203.0.113.7");
        for (var i = 0; i < AddressWindows.Most; i++)
            _failed.TryCount(full);
        for (var i = 0; i < AddressWindows.MostAddresses; i++)
            _failed.TryCount(new IPAddress([10, 0, (byte)(i >> 8), (byte)i]));

        Assert.False(_failed.IsFull(full));
    }

    [Fact]
    public async Task After_too_many_wrong_tokens_only_known_ones_are_looked_up()
    {
        await using var api = await ApiUnderTest.StartAsync(options => options with { LimitsLoopback = true });
        using var known = await api.ClientOfAsync(Some.User("dev@x"), "token-of-dev");
        using var late = await api.ClientOfAsync(Some.User("late@x"), "token-of-late");
        using var stranger = api.ClientWith("no-such-token");
        Assert.Equal(200, (await api.SendAsync(HttpMethod.Get, "/v1/user", client: known)).Status);
        for (var i = 0; i < AddressWindows.Most; i++)
            Assert.Equal(403, (await api.SendAsync(HttpMethod.Get, "/v1/user", client: stranger)).Status);

        Assert.Equal((429, """{"error":"too_many_requests"}"""), await api.SendAsync(HttpMethod.Get, "/v1/user", client: stranger) is var refused ? (refused.Status, refused.Text) : default);
        Assert.Equal(429, (await api.SendAsync(HttpMethod.Get, "/v1/user", client: late)).Status);
        Assert.Equal(200, (await api.SendAsync(HttpMethod.Get, "/v1/user", client: known)).Status);
        Assert.Equal(200, (await api.GetAsync("/v1/user")).Status);
        Assert.Equal(403, (await api.SendAsync(HttpMethod.Get, "/v1/user", client: api.Anonymous)).Status);
    }

    [Fact]
    public async Task Codes_are_tried_sixty_times_a_minute()
    {
        await using var api = await ApiUnderTest.StartAsync(options => options with { LimitsLoopback = true });
        for (var i = 0; i < AddressWindows.Most; i++)
            Assert.Equal(400, (await api.SendAsync(HttpMethod.Post, "/oauth2/token", "{}", api.Anonymous)).Status);

        using var answer = await api.Anonymous.PostAsync(new Uri("/oauth2/token", UriKind.Relative), null, TestContext.Current.CancellationToken);

        Assert.Equal((429, "60"), ((int)answer.StatusCode, answer.Headers.RetryAfter?.ToString()));
        Assert.Equal(200, (await api.GetAsync("/v1/user")).Status);
    }

    [Fact]
    public void What_was_counted_and_turned_out_right_is_given_back()
    {
        var address = IPAddress.Parse("203.0.113.7");
        for (var i = 0; i < 1000; i++)
        {
            Assert.True(_failed.TryCount(address));
            _failed.GiveBack(address);
        }

        Assert.False(_failed.IsFull(address));
    }

    [Theory]
    [InlineData("127.0.0.1", 200)]
    [InlineData("10.9.9.9", 429)]
    public async Task Behind_a_proxy_that_is_trusted_everybody_has_a_limit_of_their_own(string trusted, int other)
    {
        await using var api = await ApiUnderTest.StartAsync(options => options with { LimitsLoopback = true, TrustedProxies = [new IPNetwork(IPAddress.Parse(trusted), 32)] });
        using var dev = await api.ClientOfAsync(Some.User("dev@x"), "token-of-dev");
        using var stranger = api.ClientWith("no-such-token");
        stranger.DefaultRequestHeaders.Add("X-Forwarded-For", "198.51.100.66, 203.0.113.7");
        dev.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.8");
        for (var i = 0; i < AddressWindows.Most; i++)
            Assert.Equal(403, (await api.SendAsync(HttpMethod.Get, "/v1/user", client: stranger)).Status);

        // Whatever a client itself puts in front counts for nothing.
        stranger.DefaultRequestHeaders.Remove("X-Forwarded-For");
        stranger.DefaultRequestHeaders.Add("X-Forwarded-For", "198.51.100.67, 203.0.113.7");
        Assert.Equal(429, (await api.SendAsync(HttpMethod.Get, "/v1/user", client: stranger)).Status);
        Assert.Equal(other, (await api.SendAsync(HttpMethod.Get, "/v1/user", client: dev)).Status);
    }

    [Fact]
    public async Task No_answer_is_kept_or_guessed_at()
    {
        await using var api = await ApiUnderTest.StartAsync();
        foreach (var path in new[] { "/", "/v1/user", "/nothing" })
        {
            using var answer = await api.Anonymous.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

            Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
            Assert.Equal("DENY", Assert.Single(answer.Headers.GetValues("X-Frame-Options")));
        }
    }
}

using System.Collections.Concurrent;
using Kontena.Api.Http;
using Kontena.Contracts.Commands;
using Kontena.Contracts.Identity;
using Kontena.Contracts.Requests;
using Kontena.Contracts.Volumes;

namespace Kontena.Api.Tests.Http;

/// <summary>Over HTTP, with grid-manager's memory of keys in its simplest form.</summary>
public sealed class IdempotencyKeyTests : IAsyncLifetime
{
    private readonly ConcurrentDictionary<string, (BeginKeyedRequest Begun, EndKeyedRequest? Ended)> _kept = new(StringComparer.Ordinal);
    private ApiUnderTest _api = null!;

    public async ValueTask InitializeAsync()
    {
        _api = await ApiUnderTest.StartAsync();
        await _api.SeedAsync();
        _api.Bus.Answer<BeginKeyedRequest>(command =>
        {
            if (_kept.TryAdd(command.Id, (command, null)))
                return new KeyedRequestBegun(KeyedRequestStanding.Begun);
            var (begun, ended) = _kept[command.Id];
            return begun.Fingerprint != command.Fingerprint ? new(KeyedRequestStanding.Different)
                : ended is null ? new KeyedRequestBegun(KeyedRequestStanding.Running)
                : new(KeyedRequestStanding.Answered, ended.Status, new KeyedAnswer { Id = command.Id, ContentType = ended.ContentType, Body = ended.Body });
        });
        _api.Bus.Answer<EndKeyedRequest>(command =>
        {
            if (command.Status is null)
                _kept.TryRemove(command.Id, out _);
            else
                _kept[command.Id] = (_kept[command.Id].Begun, command);
            return CommandResult.Done();
        });
        _api.Bus.Answer<CreateVolume>(_ => CommandResult.Refused(FieldError.At("driver", "is not there")));
    }

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    private async Task<(int Status, string Text, bool Replayed)> PostAsync(string key, string body = """{"name":"data"}""", HttpClient? client = null, string path = "/v1/volumes/main")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body) };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        using var answer = await (client ?? _api.Http).SendAsync(request, TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), answer.Headers.Contains("Idempotency-Replayed"));
    }

    private int Carried => _api.Bus.Asked.Count(one => one.Message is CreateVolume);

    [Fact]
    public async Task The_same_request_is_carried_out_once_and_answered_the_same_also_when_it_was_refused()
    {
        var first = await PostAsync("k-1");
        var second = await PostAsync("\"k-1\"");

        Assert.Equal((422, """{"error":{"driver":"is not there"}}""", false), first);
        Assert.Equal(first with { Replayed = true }, second);
        Assert.Equal(1, Carried);
    }

    [Fact]
    public async Task Another_body_or_path_is_another_request_and_another_caller_has_keys_of_their_own()
    {
        await PostAsync("k-1");
        Assert.Equal(422, (await PostAsync("k-1", """{"name":"other"}""")).Status);
        Assert.Contains("has been used for another request", (await PostAsync("k-1", path: "/v1/volumes/main?x=1")).Text);
        Assert.Equal(1, Carried);

        using var dev = await _api.ClientOfAsync(Some.User("dev@x", ["main"]), "token-of-dev");
        Assert.False((await PostAsync("k-1", client: dev)).Replayed);
        Assert.Equal(2, Carried);
    }

    [Fact]
    public async Task While_the_first_is_being_carried_out_the_second_is_a_conflict()
    {
        var (began, go) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        _api.Bus.Answer<CreateVolume>(async Task<object> (_) =>
        {
            began.SetResult();
            await go.Task;
            return CommandResult.Refused(FieldError.At("driver", "is not there"));
        });
        var first = PostAsync("k-1");
        await began.Task;

        Assert.Equal(409, (await PostAsync("k-1")).Status);
        go.SetResult();
        Assert.Equal(422, (await first).Status);
        Assert.True((await PostAsync("k-1")).Replayed);
    }

    [Fact]
    public async Task What_failed_is_tried_again()
    {
        _api.Bus.Answer<CreateVolume>(new Func<CreateVolume, CommandResult>(_ => throw new TimeoutException("away")));
        Assert.Equal(503, (await PostAsync("k-1")).Status);

        _api.Bus.Answer<CreateVolume>(_ => CommandResult.Refused(FieldError.At("driver", "is not there")));
        Assert.Equal((422, false), await PostAsync("k-1") is var again ? (again.Status, again.Replayed) : default);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("\"\"")]
    [InlineData("a\tb")]
    public async Task A_key_that_is_none_is_refused(string key)
    {
        Assert.Equal(400, (await PostAsync(key)).Status);
        Assert.Equal(400, (await PostAsync(new string('x', IdempotencyKeys.LongestKey + 1))).Status);
        Assert.Equal(0, Carried);
    }

    [Fact]
    public async Task An_answer_that_shows_a_secret_is_not_kept()
    {
        var refused = await PostAsync("k-1", """{"response_type":"token","scope":"user"}""", path: "/oauth2/authorize");

        Assert.Equal((400, true), (refused.Status, refused.Text.Contains("shows a secret once", StringComparison.Ordinal)));
        Assert.Empty(_api.Bus.Asked);
    }

    /// <summary>It has neither begun nor a length while it is held back, and is no empty 404.</summary>
    [Fact]
    public async Task A_not_found_that_says_why_says_it_with_a_key_too()
    {
        var without = await _api.PostAsync("/v1/admin/dead-letters/x/replay");
        var first = await PostAsync("k-1", "", path: "/v1/admin/dead-letters/x/replay");

        Assert.Equal((404, without.Text, false), first);
        Assert.Contains("there is no dead-letter queue", first.Text);
        Assert.Equal(first with { Replayed = true }, await PostAsync("k-1", "", path: "/v1/admin/dead-letters/x/replay"));
    }

    [Fact]
    public async Task Neither_the_key_nor_what_was_sent_is_handed_on()
    {
        await PostAsync("the-key", """{"name":"data","driver":"hush"}""");

        var begun = _api.Bus.Single<BeginKeyedRequest>();
        Assert.DoesNotContain("the-key", begun.ToString(), StringComparison.Ordinal);
        Assert.All(new[] { begun.Id, begun.Owner, begun.Fingerprint }, one => Assert.Equal(64, one.Length));
    }

    [Fact]
    public async Task Whoever_was_removed_since_they_were_let_in_is_refused_like_a_stranger()
    {
        _api.Bus.Answer<BeginKeyedRequest>(_ => new KeyedRequestBegun(KeyedRequestStanding.NoUser));
        Assert.Equal((403, """{"error":"invalid_token","error_description":"Invalid token"}""", false), await PostAsync("k-1"));
        Assert.Equal(0, Carried);
    }
}

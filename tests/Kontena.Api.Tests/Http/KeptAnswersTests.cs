using Kontena.Api.Http;
using Kontena.State;
using Kontena.State.Documents;
using Kontena.Testing;
using Microsoft.Extensions.Configuration;

namespace Kontena.Api.Tests.Http;

public sealed class KeptAnswersTests : IDisposable
{
    private static readonly IReadOnlyList<string> Kinds = [StateKeys.Service.Name];
    private readonly string _directory = Directory.CreateTempSubdirectory("kontena-kept-").FullName;
    private readonly TestClock _time = new(Some.Noon);
    private readonly IStateStore _store;
    private readonly KeptAnswers _kept;
    private int _made;

    public KeptAnswersTests()
    {
        _store = StateModule.OpenStore(new ConfigurationBuilder().AddInMemoryCollection([new("Kontena:DataDirectory", _directory)]).Build(), TimeProvider.System);
        _kept = new KeptAnswers(_store, _time);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        (_store as IDisposable)?.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task What_did_not_change_is_made_once()
    {
        var first = await AskAsync();
        Assert.Same(first, await AskAsync());
        await _store.CommitAsync(new CommitBatch("main").Put(StateKeys.Node, Some.Node(), 0), Cancellation);
        Assert.Same(first, await AskAsync());
        Assert.Equal(1, _made);
    }

    [Fact]
    public async Task What_changes_while_it_is_read_is_read_again()
    {
        await _kept.GetAsync("services", "main", Kinds, async () =>
        {
            await _store.CommitAsync(new CommitBatch("main").Put(StateKeys.Service, Some.Service(), 0), Cancellation);
            return Reply.Empty;
        }, Cancellation);

        await AskAsync();

        Assert.Equal(1, _made);
    }

    [Fact]
    public async Task Nothing_is_given_for_longer_than_a_service_without_marks_may_be_left_unseen()
    {
        await AskAsync();
        _time.Advance(KeptAnswers.Longest);
        await AskAsync();
        Assert.Equal(2, _made);
    }

    [Fact]
    public async Task A_failure_is_not_kept()
    {
        await Assert.ThrowsAsync<HttpRefusal>(() => _kept.GetAsync("services", "main", Kinds, () => throw HttpRefusal.NotFound(), Cancellation));
        await AskAsync();
        Assert.Equal(1, _made);
    }

    private Task<Reply> AskAsync() => _kept.GetAsync("services", "main", Kinds, () =>
    {
        _made++;
        return Task.FromResult(Reply.Of(200, new System.Text.Json.Nodes.JsonObject()));
    }, Cancellation);
}

using Kontena.Contracts.Audit;
using Kontena.Contracts.Identity;
using Kontena.Core.Audit;
using Kontena.State.Audit;
using Kontena.State.Documents;
using Kontena.State.Tests.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kontena.State.Tests.Audit;

public sealed class AuditWriterTests : IAsyncLifetime
{
    private readonly SqliteUnderTest _engine = new();
    private IStateStore _store = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        _store = _engine.Open();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Fact]
    public async Task A_command_that_is_tried_again_is_written_down_once()
    {
        Assert.True(await WriteAsync("m1", AuditOutcome.Success));
        Assert.True(await WriteAsync("m2", AuditOutcome.Success));
        Assert.False(await WriteAsync("m1", AuditOutcome.Success));
        // For what it has made itself.
        Assert.False(await WriteAsync("m1", AuditOutcome.Refused));
        await AssertWrittenAsync(AuditOutcome.Success, AuditOutcome.Success);
    }

    [Fact]
    public async Task What_was_refused_and_is_then_carried_out_is_written_down_as_both()
    {
        Assert.True(await WriteAsync("m1", AuditOutcome.Refused));
        Assert.False(await WriteAsync("m1", AuditOutcome.Refused));
        Assert.True(await WriteAsync("m1", AuditOutcome.Success));
        await AssertWrittenAsync(AuditOutcome.Refused, AuditOutcome.Success);
    }

    [Fact]
    public async Task Messages_without_an_id_and_records_of_one_message_are_all_written_down()
    {
        Assert.True(await WriteAsync(null, AuditOutcome.Success));
        Assert.True(await WriteAsync(null, AuditOutcome.Success));
        Assert.True(await WriteAsync("m1", AuditOutcome.Refused, AuditOutcome.Refused));
        Assert.False(await WriteAsync("m1", AuditOutcome.Refused, AuditOutcome.Refused));
        await AssertWrittenAsync(AuditOutcome.Success, AuditOutcome.Success, AuditOutcome.Refused, AuditOutcome.Refused);
    }

    private async Task<bool> WriteAsync(string? message, params AuditOutcome[] outcomes)
    {
        var batch = new CommitBatch("prod");
        var isNew = await new AuditWriter(_store, "grid-manager", NullLogger.Instance)
            .AppendAsync(batch, [.. outcomes.Select(outcome => (Record(outcome), message))], Token);
        Assert.Equal(isNew, !batch.IsEmpty);
        await _store.CommitAsync(batch, Token);
        return isNew;
    }

    private async Task AssertWrittenAsync(params AuditOutcome[] outcomes)
    {
        var records = (await _store.ListAsync(StateKeys.AuditRecord, "prod", Token)).Select(one => one.Value).ToList();
        Assert.Equal(outcomes, records.Select(one => one.Outcome));
        Assert.Null(AuditChain.Verify((await _store.GetAsync(StateKeys.AuditHead, "prod", "grid-manager", Token))!.Value, records));
    }

    private static AuditRecord Record(AuditOutcome outcome) => new()
    {
        Writer = "grid-manager", Sequence = 0, Previous = "", Hash = "", At = DateTimeOffset.UnixEpoch, ResourceType = "Volume", ResourceId = "prod/data", Event = "create",
        Outcome = outcome, Caller = new Caller { Id = "5a9f", Name = "ann@example.com", Kind = CallerKind.User }, Command = "CreateVolume",
    };
}

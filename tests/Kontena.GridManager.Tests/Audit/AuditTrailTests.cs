using Kontena.Contracts.Audit;
using Kontena.Contracts.Commands;
using Kontena.Contracts.Identity;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Volumes;
using Kontena.Core.Audit;
using Kontena.GridManager.Audit;
using Kontena.GridManager.Tests.Platform;
using Kontena.State;
using Kontena.State.Documents;
using Xunit;

namespace Kontena.GridManager.Tests.Audit;

/// <summary>What is changed is written down with who asked, in the running module.</summary>
public class AuditTrailTests
{
    private static readonly Caller Ann = new() { Id = "5a9f0b007d1e2a0001a1b2aa", Name = "änn@example.com", Kind = CallerKind.User, Address = "10.0.0.9", Program = "kontena-cli/1.5.4" };

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private static CreateVolume Volume(string? name) => new() { Grid = "prod", Name = name, Scope = "grid", Driver = "local" };

    private static Task<CommandResult> AskAsync<T>(RunningGridManager running, T command, Caller? caller)
        where T : class =>
        running.Bus.AskAsync<T, CommandResult>(Destination.GridManager, command, TimeSpan.FromSeconds(20), caller, Cancelled);

    private static async Task<IReadOnlyList<AuditRecord>> RecordsAsync(IStateStore store, string partition) =>
        [.. (await store.ListAsync(StateKeys.AuditRecord, partition, Cancelled)).Select(one => one.Value)];

    [Fact]
    public async Task A_change_and_a_refusal_are_written_down_with_who_asked_and_the_chain_is_whole()
    {
        await using var running = await RunningGridManager.StartWithoutLivenessAsync();
        Assert.Equal(CommandOutcome.Done, (await AskAsync(running, Volume("data"), Ann)).Outcome);
        Assert.Equal(CommandOutcome.Refused, (await AskAsync(running, Volume("data"), Ann)).Outcome);
        Assert.Equal(CommandOutcome.Refused, (await AskAsync(running, new CreateVolume { Grid = "prod", Name = "bad\nname" }, Ann)).Outcome);
        Assert.Equal(CommandOutcome.Done, (await AskAsync(running, new DeleteVolume { Grid = "prod", Volume = "data" }, caller: null)).Outcome);
        Assert.Equal(CommandOutcome.NotFound, (await AskAsync(running, new DeleteVolume { Grid = "nowhere", Volume = "data" }, Ann)).Outcome);

        var records = await RecordsAsync(running.Store, "prod");
        Assert.Equal(
            ["Volume data create Success änn@example.com", "Volume data create Refused änn@example.com", "Volume bad?name create Refused änn@example.com", "Volume data delete Success system"],
            records.Select(one => $"{one.ResourceType} {one.ResourceName} {one.Event} {one.Outcome} {one.Caller.Name}"));
        Assert.Equal(Ann, records[0].Caller);
        Assert.Equal((await running.Store.GetAsync(StateKeys.Volume, "prod", "data", Cancelled))!.Value.Uid, records[0].ResourceId);
        Assert.Contains("already exists", records[1].Reason, StringComparison.Ordinal);
        var head = await running.Store.GetAsync(StateKeys.AuditHead, "prod", AuditTrail.Writer, Cancelled);
        Assert.Null(AuditChain.Verify(head!.Value, records));
        // Each is known again by its message.
        Assert.Equal((2, 2), (head.Value.CarriedOut.Distinct().Count(), head.Value.Refused.Distinct().Count()));
        Assert.Empty(await RecordsAsync(running.Store, "nowhere"));
    }

    [Fact]
    public async Task What_concerns_grids_and_people_is_written_where_it_outlives_the_grid()
    {
        await using var running = await RunningGridManager.StartWithoutLivenessAsync();
        Assert.Equal(CommandOutcome.Done, (await AskAsync(running, new Contracts.Grids.CreateGrid { Name = "test" }, Ann)).Outcome);
        Assert.Equal(CommandOutcome.Done, (await AskAsync(running, new Contracts.Grids.DeleteGrid { Grid = "test" }, Ann)).Outcome);
        Assert.Equal(["Grid test create", "Grid test delete"],
            (await RecordsAsync(running.Store, StateKeys.System)).Select(one => $"{one.ResourceType} {one.Grid} {one.Event}"));
        Assert.Single(await running.Store.ListAsync(StateKeys.AuditRecord, StateKeys.System, Cancelled, StateKeys.GridRemoved));
    }

    [Fact]
    public async Task Whom_a_token_of_a_node_is_shown_and_who_sends_dead_letters_back_is_written_down()
    {
        await using var running = await RunningGridManager.StartWithoutLivenessAsync();
        Assert.Equal(CommandOutcome.Done, (await AskAsync(running, new NoteTokenShown { Grid = "prod", Node = "core-01" }, Ann)).Outcome);
        var record = Assert.Single(await RecordsAsync(running.Store, "prod"));
        Assert.Equal(("HostNode", "core-01", "show token", Ann), (record.ResourceType, record.ResourceName, record.Event, record.Caller));

        Assert.Equal(CommandOutcome.Done, (await AskAsync(running, new NoteReplay { Queue = "grid-manager_error" }, Ann)).Outcome);
        var replay = Assert.Single(await RecordsAsync(running.Store, StateKeys.System));
        Assert.Equal(("DeadLetters", "grid-manager_error", "replay", Ann), (replay.ResourceType, replay.ResourceName, replay.Event, replay.Caller));
    }

    [Fact]
    public async Task A_command_whose_record_can_not_be_written_changes_nothing()
    {
        await using var running = await RunningGridManager.StartWithoutLivenessAsync();
        // In the place of the next record: nothing can be written there.
        var squatter = AuditChain.Append(null, new AuditRecord
        {
            Writer = AuditTrail.Writer, Sequence = 0, Previous = "", Hash = "", At = Some.Now, ResourceType = "Volume", ResourceId = "", Event = "create",
            Outcome = AuditOutcome.Success, Caller = Ann, Command = "CreateVolume",
        }).Record;
        await running.Store.CommitAsync(new CommitBatch("prod").Put(StateKeys.AuditRecord, squatter, 0), Cancelled);
        await Assert.ThrowsAnyAsync<Exception>(() => running.Bus.AskAsync<CreateVolume, CommandResult>(
            Destination.GridManager, Volume("data"), TimeSpan.FromSeconds(1), Ann, Cancelled));
        Assert.Empty(await running.Store.ListAsync(StateKeys.Volume, "prod", Cancelled));
        // So that it ends soon.
        await running.Store.CommitAsync(new CommitBatch("prod").Delete(StateKeys.AuditRecord, "grid-manager/000000000001", 1), Cancelled);
    }

    [Fact]
    public async Task Whom_an_api_refused_is_in_a_chain_of_its_own()
    {
        await using var running = await RunningGridManager.StartWithoutLivenessAsync();
        RefusedAccess Refused(int count) => new() { Caller = Ann, Need = "grid admin", Path = "PUT /v1/grids/{grid}", Grid = "prod", Status = 403, Count = count };
        var note = new NoteRefusals { Refused = [Refused(3), Refused(1)], Beyond = 7 };
        Assert.Equal(CommandOutcome.Done, (await AskAsync(running, note, caller: null)).Outcome);
        Assert.Equal(CommandOutcome.Done, (await AskAsync(running, new NoteRefusals { Refused = [] }, caller: null)).Outcome);

        var records = (await RecordsAsync(running.Store, StateKeys.System)).Where(one => one.Writer == RefusalNoteConsumer.Writer).ToList();
        Assert.Equal(["prod refuse Refused 3 7", "prod refuse Refused 1 "], records.Select(one =>
            $"{one.Grid} {one.Event} {one.Outcome} {one.Parameters["count"]} {one.Parameters.GetValueOrDefault("others_refused")}"));
        Assert.All(records, one => Assert.Equal(Ann, one.Caller));
        var head = await running.Store.GetAsync(StateKeys.AuditHead, StateKeys.System, RefusalNoteConsumer.Writer, Cancelled);
        Assert.Null(AuditChain.Verify(head!.Value, records));

        var flood = RefusalNoteConsumer.RecordsOf(new NoteRefusals { Refused = [.. Enumerable.Range(0, 100).Select(_ => Refused(2))] }, Some.Now);
        Assert.Equal(RefusalNoteConsumer.Most, flood.Count);
        Assert.Equal("80", flood[0].Parameters["others_refused"]);
    }
}

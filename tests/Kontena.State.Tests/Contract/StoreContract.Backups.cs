using Kontena.Contracts.Grids;
using Kontena.State.Backups;
using Kontena.State.Documents;

namespace Kontena.State.Tests.Contract;

/// <summary>Any store can be backed up, and restored from a backup of any other.</summary>
public abstract partial class StoreContract
{
    [Fact]
    public async Task A_restore_brings_back_what_the_backup_saw_and_nothing_else()
    {
        await FillAsync("demo", 1200);
        var backup = await TakeAsync();
        await Store.CommitAsync(
            new CommitBatch("demo").Put(StateKeys.Node, Sample.Node("node-0003", 99), 1).Delete(StateKeys.Node, "node-0005", 1)
                .Put(StateKeys.Node, Sample.Node("later", 7), 0).Send(Sample.Queue(), Sample.Fact("later")),
            Token);
        await FillAsync("since", 1);

        await BackupRestoring.RestoreAsync(Store, backup, replace: true, Token);

        var nodes = await Store.ListAsync(StateKeys.Node, "demo", Token);
        Assert.Equal(Enumerable.Range(0, 1200).Select(i => ($"node-{i:D4}", i)), nodes.Select(node => (node.Value.Name, node.Value.Number)));
        Assert.Equal("demo", Assert.Single(await Store.ListAsync(StateKeys.Grid, StateKeys.System, Token)).Value.Name);
        Assert.Empty(await Store.ListAsync(StateKeys.Node, "since", Token));
        Assert.Empty(await Store.PendingAsync("demo", 10, Token));
        var found = await Store.ListAsync(StateKeys.Node, "demo", Token, new IndexValue("node-id", "id-0003"));
        Assert.Equal("node-0003", Assert.Single(found).Value.Name);
    }

    [Fact]
    public async Task A_store_that_has_grids_is_not_overwritten_unasked()
    {
        await FillAsync("demo", 2);
        var backup = await TakeAsync();
        await FillAsync("other", 1);

        var refused = await Assert.ThrowsAsync<BackupException>(() => BackupRestoring.RestoreAsync(Store, backup, replace: false, Token));

        Assert.Contains("--replace", refused.Message, StringComparison.Ordinal);
        Assert.Equal(2, (await Store.ListAsync(StateKeys.Grid, StateKeys.System, Token)).Count);
    }

    [Fact]
    public async Task What_is_unknown_in_a_backup_is_found_before_anything_is_changed()
    {
        await FillAsync("demo", 2);
        var backup = await TakeAsync();
        var newer = backup with { Documents = [.. backup.Documents, new KeptDocument("demo", "hologram", "one", "{}")] };

        var refused = await Assert.ThrowsAsync<BackupException>(() => BackupRestoring.RestoreAsync(Store, newer, replace: true, Token));

        Assert.Contains("hologram", refused.Message, StringComparison.Ordinal);
        Assert.Equal(2, (await Store.ListAsync(StateKeys.Node, "demo", Token)).Count);
    }

    [Fact]
    public async Task A_scheduler_that_went_on_through_a_restore_can_not_commit()
    {
        await FillAsync("demo", 1);
        await Store.CommitAsync(new CommitBatch("demo").Put(StateKeys.SchedulerEpoch, new() { Holder = "one", TakenAt = default }, 0), Token);
        var backup = await TakeAsync();

        await BackupRestoring.RestoreAsync(Store, backup, replace: true, Token);

        await Assert.ThrowsAsync<StateConflictException>(() => Store.CommitAsync(
            new CommitBatch("demo").Expect(StateKeys.SchedulerEpoch, "epoch", 1).Put(StateKeys.Node, Sample.Node("stale"), 0), Token));
    }

    private async Task FillAsync(string grid, int nodes)
    {
        var document = new Grid
        {
            Name = grid, Token = "token-of-" + grid, Subnet = "10.81.0.0/16", Supernet = "10.80.0.0/12",
            CreatedAt = DateTimeOffset.UnixEpoch, UpdatedAt = DateTimeOffset.UnixEpoch,
        };
        await Store.CommitAsync(new CommitBatch(StateKeys.System).Put(StateKeys.Grid, document, 0), Token);
        var batch = new CommitBatch(grid);
        for (var number = 0; number < nodes; number++)
            batch.Put(StateKeys.Node, Sample.Node($"node-{number:D4}", number, nodeId: $"id-{number:D4}"), 0);
        await Store.CommitAsync(batch, Token);
    }

    private async Task<Backup> TakeAsync()
    {
        using var file = new MemoryStream();
        await BackupFile.WriteAsync(file, await BackupTaking.TakeAsync(Store, [], TimeProvider.System, Token), Token);
        file.Position = 0;
        return await BackupFile.ReadAsync(file, Token);
    }
}

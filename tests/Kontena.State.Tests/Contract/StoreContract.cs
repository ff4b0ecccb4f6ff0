using System.Text;
using Kontena.Contracts.Nodes;
using Kontena.State.Documents;

namespace Kontena.State.Tests.Contract;

/// <summary>What every store promises about documents. One subclass per engine.</summary>
public abstract partial class StoreContract : IAsyncLifetime
{
    private IStoreUnderTest? _engine;
    private IStateStore? _store;

    internal IStoreUnderTest Engine => _engine ?? throw new InvalidOperationException("not started");

    internal IStateStore Store => _store ?? throw new InvalidOperationException("not started");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    protected abstract ValueTask<IStoreUnderTest> StartAsync();

    public async ValueTask InitializeAsync()
    {
        _engine = await StartAsync();
        _store = _engine.Open();
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_engine is not null)
            await _engine.DisposeAsync();
    }

    [Fact]
    public async Task What_was_put_is_read_back_with_version_1()
    {
        await Store.CommitAsync(Sample.Batch().Put(Sample.Nodes, Sample.Node("one", 7), 0), Token);

        var read = await Store.GetAsync(Sample.Nodes, Sample.Partition, "one", Token);

        Assert.Equal((1, 7), (read!.Version, read.Value.Number));
    }

    [Fact]
    public async Task What_was_never_put_is_null()
    {
        Assert.Null(await Store.GetAsync(Sample.Nodes, Sample.Partition, "nobody", Token));
        Assert.Empty(await Sample.IdsAsync(Store));
        Assert.Empty(await Sample.IdsAsync(Store, new IndexValue("node-id", "x")));
        Assert.Empty(await Store.PendingAsync(Sample.Partition, 10, Token));
        Assert.Empty(await Store.PartitionsWithPendingAsync(Token));
    }

    [Fact]
    public async Task Every_put_is_the_next_version()
    {
        for (var version = 0; version < 5; version++)
            await Store.CommitAsync(Sample.Batch().Put(Sample.Nodes, Sample.Node("one", version), version), Token);
        await Store.CommitAsync(Sample.Batch().Put(Sample.Nodes, Sample.Node("one", 99), CommitBatch.AnyVersion), Token);

        var read = await Store.GetAsync(Sample.Nodes, Sample.Partition, "one", Token);

        Assert.Equal((6, 99), (read!.Version, read.Value.Number));
    }

    [Fact]
    public async Task Documents_that_are_known_are_listed_as_they_are_now()
    {
        var known = new KnownDocuments<Node>(Store, Sample.Nodes);
        await Store.CommitAsync(Sample.Batch().Put(Sample.Nodes, Sample.Node("one"), 0).Put(Sample.Nodes, Sample.Node("two"), 0), Token);
        var first = await known.ListAsync(Sample.Partition, Token);
        await Store.CommitAsync(Sample.Batch().Put(Sample.Nodes, Sample.Node("one", 2), 1).Put(Sample.Nodes, Sample.Node("two"), 1), Token);

        var second = await known.ListAsync(Sample.Partition, Token);

        Assert.Equal([("one", 2, 2L), ("two", 1, 2L)], second.Select(one => (one.Value.Name, one.Value.Number, one.Version)));
        Assert.Same(first[1].Value, second[1].Value);
        await Store.CommitAsync(Sample.Batch().Delete(Sample.Nodes, "two", 2), Token);
        Assert.Single(await known.ListAsync(Sample.Partition, Token));
        Assert.Empty(await known.ListAsync("other", Token));
    }

    [Fact]
    public async Task A_mark_is_another_one_after_each_change_and_only_then()
    {
        var seen = new HashSet<string> { await MarkAsync() };
        await Store.CommitAsync(Sample.Batch().Put(Sample.Nodes, Sample.Node("one"), 0), Token);
        Assert.True(seen.Add(await MarkAsync()));
        await Engine.Open("b").CommitAsync(Sample.Batch().Put(Sample.Nodes, Sample.Node("one", 2), 1), Token);
        Assert.True(seen.Add(await MarkAsync()));
        await Store.CommitAsync(Sample.Batch().Delete(Sample.Nodes, "one", 2), Token);
        Assert.True(seen.Add(await MarkAsync()));
        // As the first time, down to its version.
        await Store.CommitAsync(Sample.Batch().Put(Sample.Nodes, Sample.Node("one"), 0), Token);
        Assert.True(seen.Add(await MarkAsync()));

        await Assert.ThrowsAsync<StateConflictException>(() => Store.CommitAsync(Sample.Batch().Put(Sample.Nodes, Sample.Node("one"), 7), Token));
        await Store.CommitAsync(Sample.Batch().Expect(Sample.Nodes, "one", 1).Send(Sample.Queue(), Sample.Fact("x")), Token);
        await Store.CommitAsync(Sample.Batch("other").Put(Sample.Nodes, Sample.Node("one"), 0), Token);

        Assert.False(seen.Add(await MarkAsync()));
        Assert.Equal(await MarkAsync(), await Engine.Open("c").MarkAsync(Sample.Partition, ["unknown", Sample.Nodes.Name], Token));

        Task<string> MarkAsync() => Store.MarkAsync(Sample.Partition, ["unknown", Sample.Nodes.Name], Token);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_put_over_another_version_conflicts_and_names_the_key(long expected)
    {
        await Store.CommitAsync(Sample.Batch().Put(Sample.Nodes, Sample.Node("one"), 0), Token);
        await Store.CommitAsync(Sample.Batch().Put(Sample.Nodes, Sample.Node("one", 2), 1), Token);

        var conflict = await Assert.ThrowsAsync<StateConflictException>(
            () => Store.CommitAsync(Sample.Batch().Put(Sample.Nodes, Sample.Node("one", 3), expected), Token));

        Assert.Equal(new DocumentKey(Sample.Partition, "test-node", "one"), conflict.Key);
        Assert.Equal(expected, conflict.Expected);
        Assert.Equal(2, (await Store.GetAsync(Sample.Nodes, Sample.Partition, "one", Token))!.Value.Number);
    }

    [Fact]
    public async Task A_put_of_a_document_that_was_deleted_meanwhile_conflicts()
    {
        await Store.CommitAsync(Sample.Batch().Put(Sample.Nodes, Sample.Node("one"), 0), Token);
        await Store.CommitAsync(Sample.Batch().Delete(Sample.Nodes, "one", 1), Token);

        await Assert.ThrowsAsync<StateConflictException>(
            () => Store.CommitAsync(Sample.Batch().Put(Sample.Nodes, Sample.Node("one"), 1), Token));
        Assert.Null(await Store.GetAsync(Sample.Nodes, Sample.Partition, "one", Token));
    }

    [Fact]
    public async Task A_delete_takes_the_document_out_of_lists_and_indexes()
    {
        await Store.CommitAsync(
            Sample.Batch().Put(Sample.Nodes, Sample.Node("one", nodeId: "x"), 0).Put(Sample.Nodes, Sample.Node("two", nodeId: "x"), 0), Token);
        await Store.CommitAsync(Sample.Batch().Delete(Sample.Nodes, "one", 1), Token);

        Assert.Equal(["two"], await Sample.IdsAsync(Store));
        Assert.Equal(["two"], await Sample.IdsAsync(Store, new IndexValue("node-id", "x")));
    }

    [Fact]
    public async Task A_delete_of_another_version_conflicts_and_any_version_does_not()
    {
        await Store.CommitAsync(Sample.Batch().Put(Sample.Nodes, Sample.Node("one"), 0), Token);

        await Assert.ThrowsAsync<StateConflictException>(
            () => Store.CommitAsync(Sample.Batch().Delete(Sample.Nodes, "one", 2), Token));
        await Store.CommitAsync(Sample.Batch().Delete(Sample.Nodes, "one", CommitBatch.AnyVersion), Token);
        await Store.CommitAsync(Sample.Batch().Delete(Sample.Nodes, "one", CommitBatch.AnyVersion), Token);

        Assert.Null(await Store.GetAsync(Sample.Nodes, Sample.Partition, "one", Token));
    }

    [Fact]
    public async Task Lists_are_in_ordinal_order_of_id()
    {
        string[] ids = ["web/api", "b", "B", "a-1", "a1", "a", "é", "z/9", "z/10", "日本"];
        var batch = Sample.Batch();
        foreach (var id in ids)
            batch.Put(Sample.Nodes, Sample.Node(id, nodeId: "x"), 0);
        await Store.CommitAsync(batch, Token);

        var expected = ids.Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(expected, await Sample.IdsAsync(Store));
        Assert.Equal(expected, await Sample.IdsAsync(Store, new IndexValue("node-id", "x")));
    }

    [Fact]
    public async Task An_index_finds_exactly_the_documents_with_the_value()
    {
        await Store.CommitAsync(
            Sample.Batch()
                .Put(Sample.Nodes, Sample.Node("one", nodeId: "x"), 0)
                .Put(Sample.Nodes, Sample.Node("two", nodeId: "xy"), 0)
                .Put(Sample.Nodes, Sample.Node("three"), 0),
            Token);

        Assert.Equal(["one"], await Sample.IdsAsync(Store, new IndexValue("node-id", "x")));
        Assert.Equal(["two"], await Sample.IdsAsync(Store, new IndexValue("node-id", "xy")));
        Assert.Equal(["one", "three", "two"], await Sample.IdsAsync(Store, new IndexValue("availability", "Active")));
        Assert.Empty(await Sample.IdsAsync(Store, new IndexValue("availability", "x")));
        Assert.Empty(await Sample.IdsAsync(Store, new IndexValue("nonsense", "x")));
    }

    [Fact]
    public async Task An_index_follows_a_change_of_its_value()
    {
        await Store.CommitAsync(Sample.Batch().Put(Sample.Nodes, Sample.Node("one", nodeId: "x"), 0), Token);
        await Store.CommitAsync(
            Sample.Batch().Put(Sample.Nodes, Sample.Node("one", nodeId: "y", availability: NodeAvailability.Drain), 1), Token);

        Assert.Empty(await Sample.IdsAsync(Store, new IndexValue("node-id", "x")));
        Assert.Equal(["one"], await Sample.IdsAsync(Store, new IndexValue("node-id", "y")));
        await Store.CommitAsync(Sample.Batch().Put(Sample.Nodes, Sample.Node("one"), 2), Token);

        Assert.Empty(await Sample.IdsAsync(Store, new IndexValue("node-id", "y")));
        Assert.Equal(["one"], await Sample.IdsAsync(Store, new IndexValue("availability", "Active")));
    }

    [Fact]
    public async Task A_batch_with_one_conflict_changes_nothing()
    {
        await Store.CommitAsync(Sample.Batch().Put(Sample.Nodes, Sample.Node("old"), 0), Token);
        var batch = Sample.Batch()
            .Put(Sample.Nodes, Sample.Node("new"), 0)
            .Delete(Sample.Nodes, "old", 1)
            .Send(Sample.Queue(), Sample.Fact("new"))
            .Put(Sample.Nodes, Sample.Node("late"), 5);

        var conflict = await Assert.ThrowsAsync<StateConflictException>(() => Store.CommitAsync(batch, Token));

        Assert.Equal("late", conflict.Key.Id);
        Assert.Equal(["old"], await Sample.IdsAsync(Store));
        Assert.Empty(await Store.PendingAsync(Sample.Partition, 10, Token));
    }

    [Fact]
    public async Task An_expectation_alone_is_checked()
    {
        await Store.CommitAsync(Sample.Batch().Put(Sample.Nodes, Sample.Node("one"), 0), Token);

        await Store.CommitAsync(Sample.Batch().Expect(Sample.Nodes, "one", 1).Expect(Sample.Nodes, "two", 0), Token);
        var conflict = await Assert.ThrowsAsync<StateConflictException>(
            () => Store.CommitAsync(Sample.Batch().Expect(Sample.Nodes, "one", 1).Expect(Sample.Nodes, "two", 1), Token));

        Assert.Equal("two", conflict.Key.Id);
    }

    [Fact]
    public async Task A_failed_expectation_stops_the_puts_beside_it()
    {
        await Store.CommitAsync(Sample.Batch().Put(Sample.Nodes, Sample.Node("epoch"), 0), Token);
        await Store.CommitAsync(Sample.Batch().Put(Sample.Nodes, Sample.Node("epoch", 2), 1), Token);

        var stale = Sample.Batch().Expect(Sample.Nodes, "epoch", 1).Put(Sample.Nodes, Sample.Node("one"), 0);

        Assert.Equal("epoch", (await Assert.ThrowsAsync<StateConflictException>(() => Store.CommitAsync(stale, Token))).Key.Id);
        Assert.Null(await Store.GetAsync(Sample.Nodes, Sample.Partition, "one", Token));
    }

    [Fact]
    public async Task Partitions_know_nothing_of_each_other()
    {
        string[] partitions = ["demo", "demo-2", StateKeys.System, "{demo}", "a}b"];
        foreach (var partition in partitions)
        {
            await Store.CommitAsync(
                Sample.Batch(partition).Put(Sample.Nodes, Sample.Node("one", nodeId: partition), 0).Send(Sample.Queue(), Sample.Fact(partition)), Token);
        }

        foreach (var partition in partitions)
        {
            Assert.Equal(partition, (await Store.GetAsync(Sample.Nodes, partition, "one", Token))!.Value.NodeId);
            Assert.Equal(["one"], await Sample.IdsAsync(Store, new IndexValue("node-id", partition), partition));
            Assert.Contains($"\"{partition}\"", Assert.Single(await Store.PendingAsync(partition, 10, Token)).Body, StringComparison.Ordinal);
        }

        Assert.Equal(partitions.Order(StringComparer.Ordinal), (await Store.PartitionsWithPendingAsync(Token)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Text_comes_back_as_it_was_put()
    {
        var odd = "tab\there, quote\", nul\0, line\r\n, \u001f\u001e, 日本 🐳";
        await Store.CommitAsync(Sample.Batch().Put(Sample.Nodes, Sample.Node("one") with { Token = odd }, 0), Token);

        Assert.Equal(odd, (await Store.GetAsync(Sample.Nodes, Sample.Partition, "one", Token))!.Value.Token);
    }

    [Fact]
    public async Task A_document_of_five_megabytes_is_kept()
    {
        var big = new string('x', 5_000_000);
        await Store.CommitAsync(Sample.Batch().Put(Sample.Nodes, Sample.Node("one") with { Token = big }, 0), Token);

        Assert.Equal(big.Length, (await Store.GetAsync(Sample.Nodes, Sample.Partition, "one", Token))!.Value.Token!.Length);
        Assert.True(Encoding.UTF8.GetByteCount((await Store.ListAsync(Sample.Partition, "test-node", null, Token))[0].Json) > 5_000_000);
    }

    [Fact]
    public async Task An_empty_batch_is_nothing()
    {
        await Store.CommitAsync(Sample.Batch(), Token);

        Assert.Empty(await Sample.IdsAsync(Store));
    }

    [Fact]
    public async Task Another_store_on_the_same_data_sees_every_finished_commit()
    {
        var other = Engine.Open("b");
        for (var version = 0; version < 20; version++)
        {
            await Store.CommitAsync(Sample.Batch().Put(Sample.Nodes, Sample.Node("one", version), version), Token);
            Assert.Equal(version + 1, (await other.GetAsync(Sample.Nodes, Sample.Partition, "one", Token))!.Version);
        }
    }

    [Fact]
    public async Task A_store_that_answers_pings_well() => await Store.PingAsync(Token);
}

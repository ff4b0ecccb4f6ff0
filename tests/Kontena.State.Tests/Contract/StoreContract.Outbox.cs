namespace Kontena.State.Tests.Contract;

/// <summary>What every store promises about messages.</summary>
public abstract partial class StoreContract
{
    [Fact]
    public async Task Messages_wait_in_commit_order_until_forgotten()
    {
        for (var i = 0; i < 30; i += 2)
        {
            await Store.CommitAsync(
                Sample.Batch().Send(Sample.Queue("q-a"), Sample.Fact($"{i}")).Send(Sample.Queue("q-b"), Sample.Fact($"{i + 1}")), Token);
        }

        var all = await Store.PendingAsync(Sample.Partition, 100, Token);
        Assert.Equal(Enumerable.Range(0, 30).Select(i => $"{i}"), all.Select(Id));
        Assert.Equal(all.Select(one => one.Id).Order(StringComparer.Ordinal), all.Select(one => one.Id));
        Assert.All(all, one => Assert.Equal("Kontena.Contracts.Grids.GridFactChanged", one.Type));
        Assert.Contains("q-b", all[1].DestinationJson, StringComparison.Ordinal);

        await Store.ForgetAsync(Sample.Partition, [all[0].Id, all[2].Id, all[29].Id], Token);
        await Store.ForgetAsync(Sample.Partition, [all[0].Id], Token);

        var rest = await Store.PendingAsync(Sample.Partition, 100, Token);
        Assert.Equal(all.Where((_, i) => i is not (0 or 2 or 29)).Select(one => one.Id), rest.Select(one => one.Id));
        await Store.ForgetAsync(Sample.Partition, [.. rest.Select(one => one.Id)], Token);
        Assert.Empty(await Store.PendingAsync(Sample.Partition, 100, Token));
        Assert.Empty(await Store.PartitionsWithPendingAsync(Token));
    }

    [Fact]
    public async Task Messages_are_read_in_pages()
    {
        var batch = Sample.Batch();
        for (var i = 0; i < 25; i++)
            batch.Send(Sample.Queue(), Sample.Fact($"{i}"));
        await Store.CommitAsync(batch, Token);

        var read = new List<string>();
        string? after = null;
        while (await Store.PendingAsync(Sample.Partition, 10, Token, after) is { Count: > 0 } page)
        {
            read.AddRange(page.Select(Id));
            after = page[^1].Id;
        }

        Assert.Equal(Enumerable.Range(0, 25).Select(i => $"{i}"), read);
    }

    [Fact]
    public async Task Forgetting_in_one_partition_leaves_the_others()
    {
        await Store.CommitAsync(Sample.Batch("one").Send(Sample.Queue(), Sample.Fact("1")), Token);
        await Store.CommitAsync(Sample.Batch("two").Send(Sample.Queue(), Sample.Fact("2")), Token);
        var entry = Assert.Single(await Store.PendingAsync("one", 10, Token));

        await Store.ForgetAsync("two", [entry.Id + "9"], Token);
        await Store.ForgetAsync("one", [entry.Id], Token);

        Assert.Empty(await Store.PendingAsync("one", 10, Token));
        Assert.Single(await Store.PendingAsync("two", 10, Token));
        Assert.Equal(["two"], await Store.PartitionsWithPendingAsync(Token));
    }

    [Fact]
    public async Task A_message_tells_which_store_committed_it()
    {
        await Store.CommitAsync(Sample.Batch().Send(Sample.Queue(), Sample.Fact("1")), Token);
        await Engine.Open("b").CommitAsync(Sample.Batch().Send(Sample.Queue(), Sample.Fact("2")), Token);

        Assert.Equal(["a", "b"], (await Store.PendingAsync(Sample.Partition, 10, Token)).Select(one => one.Origin));
    }

    private static string Id(OutboxEntry entry) =>
        System.Text.Json.JsonSerializer.Deserialize(entry.Body, Contracts.KontenaJson.Default.GridFactChanged)!.Id;
}

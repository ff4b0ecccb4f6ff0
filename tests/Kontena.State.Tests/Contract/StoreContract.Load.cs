using System.Collections.Concurrent;
using System.Diagnostics;
using Kontena.State.Documents;

namespace Kontena.State.Tests.Contract;

/// <summary>What every store promises under load.</summary>
public abstract partial class StoreContract
{
    [Fact]
    public async Task Eight_writers_on_one_key_lose_nothing()
    {
        const int Each = 40;
        var won = new ConcurrentBag<(long Version, int Mark)>();
        await Store.CommitAsync(Sample.Batch().Put(Sample.Nodes, Sample.Node("one", -1), 0), Token);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(
            async () =>
            {
                var store = Engine.Open($"writer-{writer}");
                for (var i = 0; i < Each;)
                {
                    var mark = (writer * Each) + i;
                    var read = (await store.GetAsync(Sample.Nodes, Sample.Partition, "one", Token))!;
                    try
                    {
                        await store.CommitAsync(
                            Sample.Batch()
                                .Put(Sample.Nodes, read.Value with { Number = mark }, read.Version)
                                .Put(Sample.Nodes, Sample.Node($"mark-{mark}", (int)read.Version + 1), 0)
                                .Send(Sample.Queue(), Sample.Fact($"{mark}")),
                            Token);
                    }
                    catch (StateConflictException)
                    {
                        continue;
                    }
                    catch (StateUnavailableException)
                    {
                        // Crowded out, and it is unknown whether it was stored: the mark knows.
                        if (await store.GetAsync(Sample.Nodes, Sample.Partition, $"mark-{mark}", Token) is null)
                            continue;
                    }

                    won.Add((read.Version + 1, mark));
                    i++;
                }
            },
            Token)));

        Assert.Equal(Enumerable.Range(2, 8 * Each).Select(i => (long)i), won.Select(one => one.Version).Order());
        var last = (await Store.GetAsync(Sample.Nodes, Sample.Partition, "one", Token))!;
        Assert.Equal((1 + (8 * Each), won.MaxBy(one => one.Version).Mark), (last.Version, last.Value.Number));
        var sent = (await Store.PendingAsync(Sample.Partition, 1000, Token)).Select(one => int.Parse(Id(one))).ToArray();
        Assert.Equal(won.OrderBy(one => one.Version).Select(one => one.Mark), sent);
    }

    [Fact]
    public async Task A_hundred_thousand_documents_are_no_trouble()
    {
        const int Count = 100_000;
        const int PerBatch = 2_000;
        var watch = Stopwatch.StartNew();
        // A few at a time: each must be written within the store's own deadline.
        await Parallel.ForEachAsync(Enumerable.Range(0, Count / PerBatch), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (number, _) =>
        {
            var batch = Sample.Batch();
            for (var i = number * PerBatch; i < (number + 1) * PerBatch; i++)
                batch.Put(Sample.Nodes, Sample.Node($"node-{i:D6}", i, nodeId: $"group-{i % 500}"), 0);
            await Store.CommitAsync(batch, Token);
        });
        var written = watch.Elapsed;

        watch.Restart();
        var all = await Store.ListAsync(Sample.Partition, "test-node", null, Token);
        var listed = watch.Elapsed;
        Assert.Equal(Count, all.Count);
        Assert.True(all.Zip(all.Skip(1)).All(pair => string.CompareOrdinal(pair.First.Key.Id, pair.Second.Key.Id) < 0));

        watch.Restart();
        for (var i = 0; i < 500; i++)
            Assert.Equal(i * 199, (await Store.GetAsync(Sample.Nodes, Sample.Partition, $"node-{i * 199:D6}", Token))!.Value.Number);
        var got = watch.Elapsed / 500;

        watch.Restart();
        for (var i = 0; i < 50; i++)
            Assert.Equal(200, (await Store.ListAsync(Sample.Partition, "test-node", new IndexValue("node-id", $"group-{i * 10}"), Token)).Count);
        var found = watch.Elapsed / 50;

        Assert.Equal(Count, (await Store.ListAsync(Sample.Partition, "test-node", new IndexValue("availability", "Active"), Token)).Count);
        TestContext.Current.SendDiagnosticMessage(
            $"100,000 documents: written {written.TotalSeconds:0.0} s, listed {listed.TotalSeconds:0.00} s, get {got.TotalMilliseconds:0.000} ms, 200 by index {found.TotalMilliseconds:0.00} ms");
        Assert.True(written < TimeSpan.FromSeconds(120) && listed < TimeSpan.FromSeconds(30) && got < TimeSpan.FromMilliseconds(50) && found < TimeSpan.FromSeconds(1),
            $"written {written}, listed {listed}, get {got}, 200 by index {found}");
    }
}

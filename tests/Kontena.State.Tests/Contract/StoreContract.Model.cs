using FsCheck;
using FsCheck.Fluent;
using Kontena.State.Documents;

namespace Kontena.State.Tests.Contract;

/// <summary>Any store is a dictionary with versions, whatever is done to it.</summary>
public abstract partial class StoreContract
{
    [Fact]
    public void A_store_behaves_like_a_dictionary_with_versions()
    {
        var step =
            from action in Gen.Elements("put", "put", "put", "delete", "expect")
            from id in Gen.Elements("a", "b", "c", "d/e")
            from expected in Gen.Elements(CommitBatch.AnyVersion, 0, 0, 1, 1, 2, 3)
            from index in Gen.Elements("x", "xy", null)
            select new Step(action, id, expected, index);
        var run = 0;
        Prop.ForAll(step.ListOf().ListOf().ToArbitrary(), batches =>
        {
            // Off the test's synchronisation: FsCheck's properties are synchronous.
            Task.Run(() => CompareWithModelAsync($"model-{run++}", batches.Select(batch => batch.DistinctBy(one => one.Id).ToList())), Token)
                .GetAwaiter().GetResult();
            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));
    }

    private async Task CompareWithModelAsync(string partition, IEnumerable<IReadOnlyList<Step>> batches)
    {
        var model = new SortedDictionary<string, (long Version, string? Index)>(StringComparer.Ordinal);
        foreach (var steps in batches)
        {
            var batch = Sample.Batch(partition);
            foreach (var one in steps)
            {
                _ = one.Action switch
                {
                    "put" => batch.Put(Sample.Nodes, Sample.Node(one.Id, nodeId: one.Index), one.Expected),
                    "delete" => batch.Delete(Sample.Nodes, one.Id, one.Expected),
                    _ => batch.Expect(Sample.Nodes, one.Id, one.Expected),
                };
            }

            long VersionOf(string id) => model.TryGetValue(id, out var found) ? found.Version : 0;
            var refused = steps.OrderBy(one => one.Action switch { "expect" => 0, "put" => 1, _ => 2 })
                .FirstOrDefault(one => one.Expected != CommitBatch.AnyVersion && one.Expected != VersionOf(one.Id));
            if (refused is not null)
            {
                var conflict = await Assert.ThrowsAsync<StateConflictException>(() => Store.CommitAsync(batch, Token));
                Assert.Equal((refused.Id, refused.Expected), (conflict.Key.Id, conflict.Expected));
                continue;
            }

            await Store.CommitAsync(batch, Token);
            foreach (var one in steps)
            {
                if (one.Action == "put")
                    model[one.Id] = (VersionOf(one.Id) + 1, one.Index);
                else if (one.Action == "delete")
                    model.Remove(one.Id);
            }
        }

        var stored = await Store.ListAsync(Sample.Nodes, partition, Token);
        Assert.Equal(model.Select(one => (one.Key, one.Value.Version)), stored.Select(one => (one.Value.Name, one.Version)));
        foreach (var index in (string[])["x", "xy"])
        {
            Assert.Equal(
                model.Where(one => one.Value.Index == index).Select(one => one.Key),
                await Sample.IdsAsync(Store, new IndexValue("node-id", index), partition));
        }
    }

    private sealed record Step(string Action, string Id, long Expected, string? Index);
}

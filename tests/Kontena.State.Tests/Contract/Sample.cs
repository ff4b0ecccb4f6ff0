using Kontena.Contracts;
using Kontena.Contracts.Grids;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Nodes;
using Kontena.State.Documents;

namespace Kontena.State.Tests.Contract;

/// <summary>Small documents and messages of real types.</summary>
internal static class Sample
{
    public const string Partition = "demo";

    private static readonly DateTimeOffset Noon = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);

    /// <summary>A kind with two indexes, one of which a document may lack.</summary>
    public static readonly DocumentKind<Node> Nodes = new("test-node", KontenaJson.Default.Node, node => node.Name,
        node =>
        [
            new IndexValue("availability", node.Availability.ToString()),
            .. node.NodeId is null ? (IndexValue[])[] : [new IndexValue("node-id", node.NodeId)],
        ]);

    public static Node Node(string name, int number = 1, string? nodeId = null, NodeAvailability availability = NodeAvailability.Active) =>
        new()
        {
            Grid = Partition, Name = name, Number = number, NodeId = nodeId, Availability = availability, CreatedAt = Noon, UpdatedAt = Noon,
        };

    public static GridFactChanged Fact(string id) => new() { Grid = Partition, Kind = "node", Id = id };

    public static Destination Queue(string name = "scheduler-shard-1") => Destination.Queue(name);

    public static CommitBatch Batch(string partition = Partition) => new(partition);

    /// <summary>How many messages wait in the outbox, over all its pages.</summary>
    public static async Task<int> PendingCountAsync(IStateStore store, string partition = Partition)
    {
        var count = 0;
        string? last = null;
        while (await store.PendingAsync(partition, 1000, TestContext.Current.CancellationToken, last) is { Count: > 0 } page)
        {
            count += page.Count;
            last = page[^1].Id;
        }

        return count;
    }

    public static async Task<IReadOnlyList<string>> IdsAsync(IStateStore store, IndexValue? index = null, string partition = Partition) =>
        [.. (await store.ListAsync(Nodes, partition, TestContext.Current.CancellationToken, index)).Select(one => one.Value.Name)];
}

using Kontena.Contracts.Nodes;
using Kontena.Scheduler.Snapshots;
using Kontena.State.Documents;

namespace Kontena.Scheduler.Explaining;

/// <summary>A grid as it would be: the same snapshot with other facts of its nodes. Everything that decides on the one decides on the other.</summary>
internal static class WhatIf
{
    /// <summary>Longer away than any strategy waits.</summary>
    private static readonly TimeSpan ForGood = TimeSpan.FromHours(1);

    /// <summary>The snapshot as placement looks at it, with its volumes and the memory that was seen in use.</summary>
    public static GridDraft Draft(GridSnapshot snapshot) => new(snapshot) { Peaks = snapshot.Index.Scene.Rules.Peaks };

    /// <summary>The nodes went away and do not come back; their records stay, and so do the orders to them.</summary>
    public static GridSnapshot Lost(GridSnapshot snapshot, IEnumerable<string> nodes, DateTimeOffset now)
    {
        var liveness = snapshot.Liveness;
        foreach (var node in nodes)
        {
            var gone = new NodeLiveness { Grid = snapshot.Name, Node = node, State = LivenessState.Offline, DisconnectedAt = now - ForGood };
            liveness = Write(liveness, gone);
        }

        return snapshot with { Liveness = liveness };
    }

    /// <summary>Nodes called <c>new-1</c>, <c>new-2</c> … join, empty and online, as large as given.</summary>
    public static GridSnapshot Joined(GridSnapshot snapshot, int count, IReadOnlyList<string> labels, NodeFacts facts, DateTimeOffset now)
    {
        var nodes = snapshot.Nodes;
        var liveness = snapshot.Liveness;
        var number = nodes.Values.Select(node => node.Number).DefaultIfEmpty(0).Max();
        foreach (var name in NewNames(snapshot, count))
        {
            nodes = Write(nodes, new Node
            {
                Grid = snapshot.Name, Name = name, Number = ++number, NodeId = name, Labels = labels, Facts = facts, CreatedAt = now, UpdatedAt = now,
            });
            liveness = Write(liveness, new NodeLiveness { Grid = snapshot.Name, Node = name, State = LivenessState.Online, ConnectedAt = now, LastSeenAt = now });
        }

        return snapshot with { Nodes = nodes, Liveness = liveness };
    }

    /// <summary>Draining nodes take work again.</summary>
    public static GridSnapshot Activated(GridSnapshot snapshot, IEnumerable<string> nodes)
    {
        var table = snapshot.Nodes;
        foreach (var node in nodes)
            table = Write(table, table.Find(node)! with { Availability = NodeAvailability.Active });
        return snapshot with { Nodes = table };
    }

    public static IReadOnlyList<string> NewNames(GridSnapshot snapshot, int count) =>
        [.. Enumerable.Range(1, int.MaxValue - 1).Select(at => $"new-{at}").Where(name => snapshot.Nodes.Find(name) is null).Take(count)];

    /// <summary>What the largest node offers; nothing known when no node has told of itself.</summary>
    public static NodeFacts Largest(GridSnapshot snapshot) => snapshot.Nodes.Values
        .Select(node => node.Facts).OfType<NodeFacts>()
        .OrderByDescending(facts => facts.MemoryTotal).ThenByDescending(facts => facts.Cpus)
        .FirstOrDefault() ?? new NodeFacts();

    private static DocumentTable<T> Write<T>(DocumentTable<T> table, T document)
        where T : class
    {
        var id = table.Kind.IdOf(document);
        return table.Reread(id, new Versioned<T>(document, table.VersionOf(id) + 1));
    }
}

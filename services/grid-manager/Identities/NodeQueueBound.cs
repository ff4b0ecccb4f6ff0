namespace Kontena.GridManager.Identities;

/// <summary>How many queues a node may make for itself.</summary>
internal static class NodeQueueBound
{
    /// <summary>Beside the house's. A restarted agent makes three that go with it; those of many restarts in a row may still be there.</summary>
    public const int Most = 64;

    /// <summary>The rest waits for the next look.</summary>
    public const int DeletedAtOnce = 5_000;

    private const int OfServices = 200;
    private const int OfNode = 12;

    /// <summary>Two that last, their dead letters, and news of names.</summary>
    private static readonly HashSet<string> House = ["", "_error", "_skipped", "-exec", "-exec_error", "-exec_skipped", "-names"];

    /// <summary>As many as there may be altogether before anybody looks closer.</summary>
    public static int Usual(int nodes) => OfServices + nodes * OfNode;

    /// <summary>Those that have more than <see cref="Most"/>, with all that are none of the house's. Pure.</summary>
    /// <param name="nodes">Users of nodes.</param>
    /// <param name="queues">All there are.</param>
    public static IReadOnlyList<(string User, IReadOnlyList<string> Queues)> Surplus(IReadOnlyList<string> nodes, IEnumerable<string> queues)
    {
        var own = nodes.ToDictionary(node => node, _ => new List<string>(), StringComparer.Ordinal);
        foreach (var queue in queues)
        {
            // "node-" and what follows up to a sign.
            var end = queue.Length > 5 ? queue.AsSpan(5).IndexOfAny('-', '_', '.') : -1;
            var user = end < 0 ? queue : queue[..(5 + end)];
            if (own.TryGetValue(user, out var list) && !House.Contains(queue[user.Length..]))
                list.Add(queue);
        }

        return [.. own.Where(one => one.Value.Count > Most).Select(one => (one.Key, (IReadOnlyList<string>)one.Value))];
    }
}

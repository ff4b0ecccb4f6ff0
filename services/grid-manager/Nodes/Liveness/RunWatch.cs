namespace Kontena.GridManager.Nodes.Liveness;

/// <summary>Which process of an agent is the node, when two of one engine id are heard (runtime.md §9.2 A6). A value; times are spans of our own clock.</summary>
/// <remarks>
/// A restart looks the same at first: a new process is heard. But then the old one falls silent. Only two that go on beside each other are two
/// machines, and then the one that was there stays the node.
/// </remarks>
/// <param name="Current">The process that is the node; null until one that tells was heard.</param>
/// <param name="HeardAt">When it was last heard.</param>
/// <param name="Other">The last other process heard.</param>
/// <param name="OtherSince">Since when.</param>
internal sealed record RunWatch(string? Current, TimeSpan HeardAt, string? Other = null, TimeSpan OtherSince = default)
{
    /// <summary>A process says something.</summary>
    /// <param name="run">Null from older agents: nothing is known of them, and nothing concluded.</param>
    /// <param name="now">When.</param>
    /// <param name="overlap">Both heard for longer than this are two machines; silent for as long, and the other takes over.</param>
    public (RunWatch Next, RunVerdict Verdict) Hear(string? run, TimeSpan now, TimeSpan overlap)
    {
        if (run is null)
            return (this, RunVerdict.Node);
        if (Current is null || Current == run || now - HeardAt >= overlap)
            return (Current == run ? this with { HeardAt = now } : new RunWatch(run, now), RunVerdict.Node);
        var next = Other == run ? this : this with { Other = run, OtherSince = now };
        return (next, next.HeardAt - next.OtherSince >= overlap ? RunVerdict.Rival : RunVerdict.Waits);
    }
}

internal enum RunVerdict
{
    /// <summary>It is the node's agent.</summary>
    Node,

    /// <summary>The one before it was heard a moment ago: a restart, or two machines. It is not known yet.</summary>
    Waits,

    /// <summary>Another machine than the node.</summary>
    Rival,
}

using Kontena.NodeAgent.Instances;

namespace Kontena.NodeAgent.Heartbeats;

/// <summary>What of the agent does not work: a heartbeat alone only says that the process lives (runtime.md §9.2 A2). Pure.</summary>
internal static class AgentTroubles
{
    /// <summary>Full looks missed before the agent calls itself stuck.</summary>
    public static readonly TimeSpan Stale = InstanceSupervisor.FullPass * 4;

    private const int Longest = 400;

    /// <summary>Of one heartbeat.</summary>
    private const int Most = 16;

    /// <summary>The sentences, without numbers that change from beat to beat.</summary>
    /// <param name="engineTrouble">Why the last full look failed; null when it did not.</param>
    /// <param name="sinceLook">How long ago the last full look ended well, or the agent started when there was none.</param>
    /// <param name="network">What of the grid's network does not work.</param>
    public static IReadOnlyList<string> Of(string? engineTrouble, TimeSpan sinceLook, IReadOnlyList<string> network)
    {
        var own = engineTrouble is not null ? $"the container engine can't be asked: {Cut(engineTrouble)}"
            : sinceLook > Stale ? $"the agent has not looked at its containers for more than {Stale.TotalSeconds:0} s"
            : null;
        var all = (own is null ? network : network.Prepend(own)).Select(Cut).ToList();
        return all.Count <= Most ? all : [.. all.Take(Most - 1), $"and {all.Count - Most + 1} more; the agent's log has them"];
    }

    private static string Cut(string text) => text.Length <= Longest ? text : text[..Longest];
}

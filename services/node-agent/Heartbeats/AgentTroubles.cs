using Kontena.NodeAgent.Instances;

namespace Kontena.NodeAgent.Heartbeats;

/// <summary>What of the agent does not work: a heartbeat alone only says that the process lives (runtime.md §9.2 A2). Pure.</summary>
internal static class AgentTroubles
{
    /// <summary>Full looks missed before the agent calls itself stuck.</summary>
    public static readonly TimeSpan Stale = InstanceSupervisor.FullPass * 4;

    private const int Longest = 300;

    /// <summary>The sentences, without numbers that change from beat to beat.</summary>
    /// <param name="engineTrouble">Why the last full look failed; null when it did not.</param>
    /// <param name="sinceLook">How long ago the last full look ended well, or the agent started when there was none.</param>
    public static IReadOnlyList<string> Of(string? engineTrouble, TimeSpan sinceLook)
    {
        if (engineTrouble is not null)
        {
            var why = engineTrouble.Length <= Longest ? engineTrouble : engineTrouble[..Longest];
            return [$"the container engine can't be asked: {why}"];
        }

        return sinceLook > Stale ? [$"the agent has not looked at its containers for more than {Stale.TotalSeconds:0} s"] : [];
    }
}

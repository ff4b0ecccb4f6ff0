using Kontena.Contracts.Nodes;

namespace Kontena.GridManager.Nodes.Liveness;

/// <summary>What silence means. Pure; times are spans since this process started.</summary>
internal static class LivenessDecider
{
    /// <summary>The state of one node.</summary>
    /// <param name="node">As this process knows it.</param>
    /// <param name="judge">Since when silence counts, also a moment from now; null while nobody may be judged for it.</param>
    public static LivenessState Next(NodePulse node, TimeSpan? judge, TimeSpan now, LivenessOptions options)
    {
        var current = node.Stored.State;
        if (node.Leaves)
        {
            // That it went was said, so nobody has to be judged for it; only for not coming back.
            var isLate = judge is { } from && Silence(node.NotSilentAt, from, now) >= options.RestartLimit;
            return current == LivenessState.Offline || isLate ? LivenessState.Offline : LivenessState.Suspect;
        }

        if (node.HeardAt is { } heard && now - heard < options.SuspectAfter)
            return LivenessState.Online;
        if (judge is not { } since || current == LivenessState.Offline)
            return current;
        var silence = Silence(node.NotSilentAt, since, now);
        if (silence >= options.OfflineAfter)
            return LivenessState.Offline;
        return silence >= options.SuspectAfter ? LivenessState.Suspect : current;
    }

    /// <summary>Whether every node that is not offline is silent, and they are at least two: one cause is likelier than many. Those that said why count for nothing.</summary>
    public static bool SilentTogether(IReadOnlyCollection<NodePulse> nodes, TimeSpan judge, TimeSpan now, LivenessOptions options)
    {
        var present = nodes.Where(node => node.Stored.State != LivenessState.Offline && !node.Leaves).ToList();
        return present.Count >= 2 && present.All(node => Silence(node.NotSilentAt, judge, now) >= options.SuspectAfter);
    }

    private static TimeSpan Silence(TimeSpan notSilentAt, TimeSpan since, TimeSpan now) => now - (notSilentAt > since ? notSilentAt : since);
}

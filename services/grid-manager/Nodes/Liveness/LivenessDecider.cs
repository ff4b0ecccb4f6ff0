using Kontena.Contracts.Nodes;

namespace Kontena.GridManager.Nodes.Liveness;

/// <summary>What silence means. Pure; times are spans since this process started.</summary>
internal static class LivenessDecider
{
    /// <summary>The state of one node.</summary>
    /// <param name="current">The state stored.</param>
    /// <param name="heardAt">The last heartbeat; null when this process has heard none.</param>
    /// <param name="judge">Since when silence counts, also a moment from now; null while nobody may be judged for it.</param>
    public static LivenessState Next(LivenessState current, TimeSpan? heardAt, TimeSpan? judge, TimeSpan now, LivenessOptions options)
    {
        if (heardAt is { } heard && now - heard < options.SuspectAfter)
            return LivenessState.Online;
        if (judge is not { } since || current == LivenessState.Offline)
            return current;
        var silence = Silence(heardAt, since, now);
        if (silence >= options.OfflineAfter)
            return LivenessState.Offline;
        return silence >= options.SuspectAfter ? LivenessState.Suspect : current;
    }

    /// <summary>Whether every node that is not offline is silent, and they are at least two: one cause is likelier than many.</summary>
    public static bool SilentTogether(IReadOnlyCollection<(LivenessState State, TimeSpan? HeardAt)> nodes, TimeSpan judge, TimeSpan now, LivenessOptions options)
    {
        var present = nodes.Where(node => node.State != LivenessState.Offline).ToList();
        return present.Count >= 2 && present.All(node => Silence(node.HeardAt, judge, now) >= options.SuspectAfter);
    }

    private static TimeSpan Silence(TimeSpan? heardAt, TimeSpan since, TimeSpan now) => now - (heardAt is { } heard && heard > since ? heard : since);
}

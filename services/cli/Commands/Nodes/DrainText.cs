using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Nodes;

/// <summary>How far a drain has come, in words.</summary>
internal static class DrainText
{
    /// <summary><c>draining, 3 of 7 instances left, blocked by shop.web-1</c>, <c>done, 7 instances have left</c>.</summary>
    public static string Summary(NodeDrainJson? drain)
    {
        if (drain is null) return "draining";
        var stay = drain.Left.Where(one => one.State == "stays").Select(one => one.Name).ToList();
        if (drain.FinishedAt is not null)
            return $"done, {Count(drain.Instances - drain.Left.Count)} left it" + (stay.Count == 0 ? "" : $", {string.Join(", ", stay)} {(stay.Count == 1 ? "stays" : "stay")}");
        var blocked = drain.Left.Where(one => one.State == "blocked").Select(one => one.Name).ToList();
        return $"draining, {drain.Left.Count} of {Count(drain.Instances)} left" + (blocked.Count == 0 ? "" : $", blocked by {string.Join(", ", blocked)}");
    }

    public static IReadOnlyList<string> Blocked(NodeDrainJson? drain) =>
        [.. (drain?.Left ?? []).Where(one => one.State == "blocked").Select(one => $"{one.Name}: {one.Reason}")];

    private static string Count(int instances) => $"{instances} instance{(instances == 1 ? "" : "s")}";
}

using System.Globalization;
using System.Reflection;
using Kontena.Contracts.Nodes;

namespace Kontena.Api.Nodes;

/// <summary>What an operator should know of a node, in sentences. Pure.</summary>
internal static class NodeWarnings
{
    /// <summary>A clock that is off by less is nobody's concern.</summary>
    private const double ClockLimit = 5;

    /// <summary>A rival that has not asked for so long has gone, or was put right: it asks every ten seconds.</summary>
    private static readonly TimeSpan RivalFor = TimeSpan.FromMinutes(10);

    /// <summary>Of this process, which is that of the control plane.</summary>
    public static string OwnVersion { get; } =
        typeof(NodeWarnings).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    /// <param name="node">The record.</param>
    /// <param name="liveness">Null while it is not connected: what it said then says nothing now.</param>
    /// <param name="now">By the control plane's clock.</param>
    public static IReadOnlyList<string> Of(Node node, NodeLiveness? liveness, DateTimeOffset now)
    {
        if (liveness is null)
            return [];
        var warnings = new List<string>([.. liveness.Troubles, .. node.NetworkRemarks]);
        if (liveness.ClockAhead is { } ahead && Math.Abs(ahead) >= ClockLimit)
            warnings.Add($"its clock is {Span(ahead)} {(ahead < 0 ? "behind" : "ahead")}; synchronise it (chrony, systemd-timesyncd)");
        if (SkewOf(node.Facts?.AgentVersion, OwnVersion) is { } skew)
            warnings.Add($"its agent's version {node.Facts!.AgentVersion} is {skew} than the control plane's {OwnVersion}; one version apart works, upgrade it");
        if (liveness.Rival is { } rival && now - rival.LastAt < RivalFor)
        {
            warnings.Add($"another machine{(rival.Name is null ? "" : $", {rival.Name},")} with the same engine id was refused at {rival.LastAt:HH:mm:ss} UTC: it is a copy of this "
                + $"one. Give it an engine id of its own, as its agent's log says; or, if it is this node and its agent's directory was lost, kontena node update --forget-agent {node.Name}");
        }

        return warnings;
    }

    /// <summary><c>4 m 12 s</c>.</summary>
    public static string Span(double seconds)
    {
        var span = TimeSpan.FromSeconds(Math.Abs(seconds));
        return span switch
        {
            { TotalDays: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalDays} d {span.Hours} h"),
            { TotalHours: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{span.Hours} h {span.Minutes} m"),
            { TotalMinutes: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{span.Minutes} m {span.Seconds} s"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.#} s"),
        };
    }

    /// <summary><c>older</c>, <c>newer</c>, or null when the versions are the same or one is not known.</summary>
    public static string? SkewOf(string? agent, string own)
    {
        if (agent is null || agent == own || !Version.TryParse(agent.Split('-')[0], out var theirs) || !Version.TryParse(own.Split('-')[0], out var ours))
            return null;
        return theirs.CompareTo(ours) switch { < 0 => "older", > 0 => "newer", _ => null };
    }
}

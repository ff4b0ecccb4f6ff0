using Kontena.Contracts.Nodes;

namespace Kontena.Scheduler.Placement;

/// <summary>A node with what is believed of its liveness. What is asked of every node for every service stands ready.</summary>
/// <param name="index">Its place among the nodes of the scene, which are in the order of their numbers.</param>
internal sealed class Candidate(int index, Node node, NodeLiveness? liveness)
{
    public int Index => index;

    public Node Node => node;

    public string Name => node.Name;

    public LivenessState State { get; } = liveness?.State ?? LivenessState.Offline;

    public bool IsOnline => State == LivenessState.Online;

    /// <summary>It has joined, is meant to work, and does.</summary>
    public bool IsOpen { get; } =
        liveness is { State: LivenessState.Online } && node is { NodeId: not null, Availability: NodeAvailability.Active };

    /// <summary>Its agent said that it goes and comes back.</summary>
    public bool IsRestarting { get; } = liveness is { State: LivenessState.Suspect, RestartsSince: not null };

    /// <summary>What of its agent does not work, the first of it; null when all does.</summary>
    public string? Trouble { get; } = liveness is { Troubles: [var first, ..] } ? first : null;

    /// <summary>Billionths of a core; 0 while not known.</summary>
    public long NanoCpus { get; } = (long)((node.Facts?.Cpus ?? 0) * NodeLoad.Nano);

    /// <summary>Bytes; 0 while not known.</summary>
    public long Memory { get; } = node.Facts?.MemoryTotal ?? 0;

    /// <summary>Since when it has been away; null while it is not.</summary>
    public DateTimeOffset? AwaySince =>
        State == LivenessState.Offline ? liveness?.DisconnectedAt ?? liveness?.LastSeenAt ?? node.UpdatedAt : null;

    public Candidate IfOnline() => new(index, node, liveness! with { State = LivenessState.Online });

    public bool AwayLongerThan(TimeSpan grace, DateTimeOffset now) => AwaySince is { } since && now - since > grace;

    /// <summary>The whole label <c>key=value</c>, <c>key=default</c> on a node that has none: nodes that share it fall together.</summary>
    public string Zone(string key)
    {
        foreach (var label in node.Labels)
        {
            if (label.Length > key.Length && label[key.Length] == '=' && label.StartsWith(key, StringComparison.Ordinal))
                return label;
        }

        return key + "=default";
    }

    public override string ToString() => $"{Name} ({State})";
}

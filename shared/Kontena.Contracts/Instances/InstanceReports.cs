using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace Kontena.Contracts.Instances;

/// <summary>What a node sees of one instance. Also the scheduler's stored observation; the document id is <c>node/instance id</c>.</summary>
public sealed record InstanceObserved
{
    public required string Grid { get; init; }

    /// <summary>The node's name.</summary>
    public required string Node { get; init; }
    public required string NodeId { get; init; }
    public required string InstanceId { get; init; }

    /// <summary>The newest generation the node has taken up; 0 when it has no order for the instance, only a container.</summary>
    public required long Generation { get; init; }

    /// <summary>Grows with every report of one run of the agent; late news is dropped. Starts from the agent's clock in milliseconds.</summary>
    public required long Sequence { get; init; }

    /// <summary>The agent's process. Sequences of two runs can't be compared: the clock may have been set back between them. Null from older agents.</summary>
    public string? Run { get; init; }
    public required ObservedState State { get; init; }

    /// <summary>Running, past its <c>wait_for_port</c> or its settling time, and found well by the check that decides it, if there is one: it
    /// serves, and the deploy may count it.</summary>
    public bool Ready { get; init; }

    /// <summary>The container that runs, of whatever revision, answers as one that was found ready, and is not about to be stopped. Null from older agents:
    /// as <see cref="Ready"/>.</summary>
    public bool? Serves { get; init; }

    /// <summary>Why the last step failed, with the container's last lines; null when it did not.</summary>
    public string? Error { get; init; }

    /// <summary>The <c>deploy_rev</c> and service revision of the container that runs.</summary>
    public string? DeployRev { get; init; }
    public int? ServiceRevision { get; init; }
    public string? ContainerId { get; init; }
    public string? ContainerName { get; init; }
    public string? Image { get; init; }
    public string? ImageId { get; init; }

    /// <summary>What the container was made from, in the form of <see cref="InstanceSpec.ImagePin"/>; null from older agents and for their containers.</summary>
    public string? ImagePin { get; init; }
    public string? Address { get; init; }

    /// <summary>On the grid's network, of its other containers that run: the one that is to take its place, the one that is about to go, that of a hook. Null when there is none, and
    /// from older agents.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? OtherAddresses { get; init; }
    public DateTimeOffset? CreatedAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }
    public int? ExitCode { get; init; }
    public bool OomKilled { get; init; }
    public int? Pid { get; init; }

    /// <summary>Restarts under this order, whatever their cause.</summary>
    public int Restarts { get; init; }

    /// <summary>Why it was restarted the last time, or is about to be, in one line; null when it was not. From older agents always null.</summary>
    public string? RestartReason { get; init; }

    /// <summary>When the next start comes, while it waits for that.</summary>
    public DateTimeOffset? NextStartAt { get; init; }

    /// <summary>Restarted again and again: five times within ten minutes.</summary>
    public bool CrashLooping { get; init; }

    /// <summary><c>healthy</c>, <c>unhealthy</c> or null before the first verdict.</summary>
    public string? Health { get; init; }
    public DateTimeOffset? HealthAt { get; init; }

    /// <summary>What the last failed check met, while it is not ready for it; null otherwise.</summary>
    public string? HealthReason { get; init; }

    /// <summary>Worth knowing, though nothing failed: a container that had to be killed, a hook that was passed over. Null when there is nothing.</summary>
    public string? Notice { get; init; }

    public static string DocumentId(string node, string instanceId) => $"{node}/{instanceId}";
}

public enum ObservedState
{
    /// <summary>No container.</summary>
    Missing,
    Pulling,
    Creating,
    Starting,
    Running,

    /// <summary>Exited by itself; the next start waits for its back-off.</summary>
    Restarting,
    Stopping,
    Stopped,

    /// <summary>Removed by order: the last word about this instance from this node.</summary>
    Removed,
}

/// <summary>Answer to <see cref="SyncNode"/>: everything the node has, including what nobody ordered.</summary>
public sealed record NodeSynced
{
    public required string Grid { get; init; }
    public required string Node { get; init; }
    public required string NodeId { get; init; }
    public IReadOnlyList<InstanceObserved> Instances { get; init; } = [];

    /// <summary>As in <see cref="InstanceObserved.Run"/>.</summary>
    public string? Run { get; init; }

    /// <summary>The newest sequence of this run when the list was made: it says nothing about what was reported later. Null from older agents.</summary>
    public long? UpTo { get; init; }
}

/// <summary>A short text that is equal on both sides exactly when their views of a node's instances are.</summary>
public static class ObservedDigest
{
    /// <summary>Over instance id and sequence of each report that is not <see cref="ObservedState.Removed"/>; order does not matter.</summary>
    public static string Of(IEnumerable<InstanceObserved> observed)
    {
        var lines = observed
            .Where(one => one.State != ObservedState.Removed)
            .Select(one => $"{one.InstanceId}:{one.Sequence}")
            .Order(StringComparer.Ordinal);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines))))[..16];
    }
}

using System.Security.Cryptography;
using System.Text.Json;

namespace Kontena.Contracts.Nodes;

/// <summary>An agent asks to be a node. Repeated until <see cref="NodeJoined"/> or <see cref="JoinRefused"/> arrives; sent again after every start.</summary>
public sealed record JoinGrid
{
    /// <summary>The Docker engine's id.</summary>
    public required string NodeId { get; init; }

    /// <summary>The host name, or a name given in the agent's settings.</summary>
    public required string Name { get; init; }

    /// <summary>The grid's or the node's own token.</summary>
    public required string Token { get; init; }
    public IReadOnlyList<string> Labels { get; init; } = [];
    public required NodeFacts Facts { get; init; }

    /// <summary>A secret that the agent made at its first start and keeps in its directory: whoever has it is the same agent, though engine ids may be
    /// copied with a machine. 16 to 128 characters; null from older agents.</summary>
    public string? Key { get; init; }

    /// <summary>The agent's process, 1 to 32 letters and digits. Answers come to <see cref="Messaging.Queues.NodeJoin"/> of it too, which no other agent
    /// with the same engine id reads. Null from older agents.</summary>
    public string? Run { get; init; }
}

/// <summary>Order: the agent is this node of this grid.</summary>
public sealed record NodeJoined
{
    public required string Grid { get; init; }
    public required string Node { get; init; }
    public required int Number { get; init; }

    /// <summary>CIDR of the whole grid.</summary>
    public required string GridSubnet { get; init; }

    /// <summary>CIDR of the block from which this node gives its containers addresses (design §7).</summary>
    public required string NodeSubnet { get; init; }
}

/// <summary>Order: the agent may not join, and why.</summary>
public sealed record JoinRefused
{
    public required string Reason { get; init; }

    /// <summary>The process that is refused; another one ignores it. Null: whoever reads it.</summary>
    public string? Run { get; init; }

    /// <summary>Another agent is the node with this engine id. The refused one takes no orders and says nothing until it may join.</summary>
    public bool Duplicate { get; init; }
}

/// <summary>"I am here", every two seconds.</summary>
public sealed record NodeHeartbeat
{
    public required string Grid { get; init; }
    public required string Node { get; init; }
    public required string NodeId { get; init; }

    /// <summary>By the node's clock: only for saying how far it is off. Nothing is decided by it.</summary>
    public required DateTimeOffset SentAt { get; init; }

    /// <summary>Hash of the facts the agent last sent; grid-manager asks again when it knows others.</summary>
    public required string FactsHash { get; init; }

    /// <summary><see cref="Instances.ObservedDigest"/> of all instances on the node. When the scheduler's differs, it orders <see cref="Instances.SyncNode"/>.
    /// Empty while the agent has not yet looked at all of them after its start: then it says nothing.</summary>
    public required string ObservedDigest { get; init; }

    /// <summary>As in <see cref="JoinGrid.Run"/>. Null from older agents.</summary>
    public string? Run { get; init; }

    /// <summary>What of the agent does not work, a sentence each, the same from beat to beat while it lasts; at most 16. Empty: all is well, or an older agent.</summary>
    public IReadOnlyList<string> Troubles { get => field ?? []; init; } = [];

    /// <summary>The last of this process: it was told to stop, its containers run on, and another is expected to follow it (a restart, an upgrade). False: it
    /// goes on, or an older agent.</summary>
    public bool Leaves { get; init; }

    /// <summary>What the containers of each service used at most within the last hour: with the first heartbeat after each measurement, else null.
    /// At most <see cref="MostPeaks"/>.</summary>
    public IReadOnlyList<MemoryPeak>? MemoryPeaks { get; init; }

    /// <summary>Digest of the grid's names that the agent was told, 16 hex digits; empty: of none yet. When it is another than the scheduler's, that tells all names
    /// again. Null: it hears of none yet, or is an older agent.</summary>
    public string? NamesDigest { get; init; }

    /// <summary>Services in one heartbeat; those that use most are told.</summary>
    public const int MostPeaks = 1000;
}

/// <param name="Bytes">The largest of one container.</param>
public sealed record MemoryPeak(string Stack, string Service, long Bytes);

/// <summary>The facts of a node that has joined. Sent on change and when asked.</summary>
public sealed record NodeFactsReport
{
    public required string Grid { get; init; }
    public required string Node { get; init; }
    public required string NodeId { get; init; }
    public required NodeFacts Facts { get; init; }
}

/// <summary>grid-manager to itself through the queue of reports: as long as it comes back, a silent node is silent and the broker is not to blame.</summary>
public sealed record LivenessProbe
{
    /// <summary>The process that sent it; others ignore it.</summary>
    public required string Sender { get; init; }

    /// <summary>How long that process had run then, by its own clock: an echo that waited says nothing of the present.</summary>
    public TimeSpan? SentAfter { get; init; }
}

/// <summary>Order: send <see cref="NodeFactsReport"/>; the hash in the heartbeat is not that of the facts known.</summary>
public sealed record ReportFacts
{
    public required string Grid { get; init; }
}

/// <summary>A short text that is equal on both sides exactly when the facts are.</summary>
public static class FactsHash
{
    /// <summary>16 hex digits over the facts as <see cref="KontenaJson"/> writes them.</summary>
    public static string Of(NodeFacts facts) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(facts, KontenaJson.Default.NodeFacts)))[..16];
}

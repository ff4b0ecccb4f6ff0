namespace Kontena.Contracts.Instances;

/// <summary>Order: these instances may run on. Sent for instances with an <see cref="InstanceSpec.Lease"/> in answer to a heartbeat, three times per lease.</summary>
public sealed record LeaseRenewed
{
    public required string Grid { get; init; }

    /// <summary><see cref="Nodes.NodeHeartbeat.SentAt"/> of the heartbeat that is answered: the lease counts from when the agent sent it, by the agent's own clock.
    /// An answer to one that the agent does not remember is none.</summary>
    public required DateTimeOffset HeartbeatSentAt { get; init; }
    public required IReadOnlyList<string> InstanceIds { get; init; }
}

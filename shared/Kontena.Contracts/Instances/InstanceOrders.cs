namespace Kontena.Contracts.Instances;

/// <summary>Order: make the instance this. Older generations than the one known are ignored.</summary>
public sealed record ApplyInstance
{
    public required string InstanceId { get; init; }
    public required long Generation { get; init; }

    /// <summary><see cref="DesiredState.Running"/> or <see cref="DesiredState.Stopped"/>; removal is its own order.</summary>
    public required DesiredState Desired { get; init; }
    public required InstanceSpec Spec { get; init; }
}

/// <summary>Order: remove the instance's container. Data of a stateful instance goes only with <see cref="RemoveData"/>.</summary>
public sealed record RemoveInstance
{
    public required string InstanceId { get; init; }
    public required long Generation { get; init; }

    /// <summary>The container's name, for a node that has lost its notes.</summary>
    public required string Name { get; init; }
    public bool RemoveData { get; init; }
}

/// <summary>Order: restart the container in place.</summary>
public sealed record RestartInstance
{
    public required string InstanceId { get; init; }

    /// <summary>By the sender's clock: names the request, so that the same one is followed once. Not compared with the node's clock.</summary>
    public required DateTimeOffset RequestedAt { get; init; }
}

/// <summary>Order: say again what you have; the digests differ. Answered with <see cref="NodeSynced"/>.</summary>
public sealed record SyncNode
{
    public required string Grid { get; init; }
}

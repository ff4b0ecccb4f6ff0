namespace Kontena.Contracts.Volumes;

/// <summary>Order: remove this Docker volume and its data. Obeyed only when its labels say that it is this volume of this grid; answered with
/// <see cref="VolumeObserved"/>, and repeated until then.</summary>
public sealed record RemoveVolume
{
    public required string Grid { get; init; }

    /// <summary>The Docker volume's name.</summary>
    public required string Name { get; init; }
    public required string Volume { get; init; }

    /// <summary>A volume that carries another one's id holds other data, and stays.</summary>
    public required string VolumeUid { get; init; }
}

/// <summary>What a node has of a named volume. Sent when it is made, once after each start of the agent, and as the answer to <see cref="RemoveVolume"/>.</summary>
public sealed record VolumeObserved
{
    public required string Grid { get; init; }

    /// <summary>The node's name.</summary>
    public required string Node { get; init; }
    public required string NodeId { get; init; }

    /// <summary>The Docker volume's name.</summary>
    public required string Name { get; init; }
    public required string Volume { get; init; }
    public required string VolumeUid { get; init; }
    public required VolumeState State { get; init; }

    /// <summary>Why it could not be removed; only with <see cref="VolumeState.Present"/>. With <see cref="VolumeState.Removed"/>: what was left alone, and why.</summary>
    public string? Error { get; init; }
}

public enum VolumeState
{
    Present,

    /// <summary>The node has no such volume of ours, any more or at all.</summary>
    Removed,
}

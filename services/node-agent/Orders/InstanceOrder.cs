using Kontena.Contracts.Instances;

namespace Kontena.NodeAgent.Orders;

/// <summary>What this node was last told about one instance: one file in the order book.</summary>
internal sealed record InstanceOrder
{
    public required string InstanceId { get; init; }
    public required long Generation { get; init; }

    /// <summary><see cref="DesiredState.Removed"/> makes this a tombstone, kept so that older orders that arrive late are known for late.</summary>
    public required DesiredState Desired { get; init; }

    /// <summary>The container's name.</summary>
    public required string Name { get; init; }

    /// <summary>Null only for the removal of an instance this node has no notes of.</summary>
    public InstanceSpec? Spec { get; init; }
    public bool RemoveData { get; init; }

    /// <summary>When this generation was taken up: an exit from before belongs to an earlier order.</summary>
    public required DateTimeOffset TakenAt { get; init; }

    /// <summary>Restart the container unless it started later. By this node's clock.</summary>
    public DateTimeOffset? RestartRequestedAt { get; init; }

    /// <summary>The last request to restart, as its sender's clock named it: a repetition of it is none.</summary>
    public DateTimeOffset? RestartAsked { get; init; }

    /// <summary>The removal is carried out.</summary>
    public bool Done { get; init; }

    /// <summary>One-shot hooks that ran here, as <c>name:hash of command</c>.</summary>
    public IReadOnlyList<string> HooksDone { get; init; } = [];

    /// <summary>Data volumes made for an earlier instance of the same name that this one took over: they are its own now, whatever their labels
    /// say, and go with its data only.</summary>
    /// <remarks>A file of an older agent does not have it, and is read as null.</remarks>
    public IReadOnlyList<string> AdoptedVolumes { get; init => field = value ?? []; } = [];

    /// <summary>A deploy that came without change: it was looked up once, and the container of an earlier deploy stayed. Kept, as the tag
    /// may mean another image by the time a restarted agent would look again.</summary>
    public KeptImage? Kept { get; init; }
}

/// <summary>The image that a deploy meant on this node, found to be the one that ran already.</summary>
/// <param name="Pin">The pin it was looked up for.</param>
internal sealed record KeptImage(string DeployRev, string ImageId, string? Pin = null);

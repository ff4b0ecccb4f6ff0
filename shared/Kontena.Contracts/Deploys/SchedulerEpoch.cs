namespace Kontena.Contracts.Deploys;

/// <summary>Who runs a grid's shard. Each scheduler that takes a grid over puts it anew; commits made under an older version fail.</summary>
public sealed record SchedulerEpoch
{
    /// <summary>Host and process, for people.</summary>
    public required string Holder { get; init; }
    public required DateTimeOffset TakenAt { get; init; }
}

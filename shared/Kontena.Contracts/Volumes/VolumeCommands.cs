namespace Kontena.Contracts.Volumes;

/// <summary>Answered with <see cref="Commands.CommandResult"/>; <c>CreatedId</c> is the name. Everything is required but the options.</summary>
public sealed record CreateVolume
{
    public required string Grid { get; init; }
    public string? Name { get; init; }

    /// <summary><c>instance</c>, <c>stack</c> or <c>grid</c>.</summary>
    public string? Scope { get; init; }
    public string? Driver { get; init; }
    public IReadOnlyDictionary<string, string>? DriverOpts { get; init; }
}

/// <summary>Marks the volume removed, with its data on every node. Refused while a service mounts it.</summary>
public sealed record DeleteVolume
{
    public required string Grid { get; init; }
    public required string Volume { get; init; }
}

/// <summary>The scheduler to grid-manager: no node that can be reached holds data of the removed volume, its document may go.</summary>
public sealed record VolumeTornDown
{
    public required string Grid { get; init; }
    public required string Volume { get; init; }
    public required string Uid { get; init; }
}

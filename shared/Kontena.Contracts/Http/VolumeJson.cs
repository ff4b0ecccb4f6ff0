namespace Kontena.Contracts.Http;

/// <summary>A named volume on HTTP (rest-api.md §20).</summary>
public sealed record VolumeJson
{
    /// <summary><c>grid/name</c>.</summary>
    public string Id { get; init; } = "";
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
    public string Name { get; init; } = "";

    /// <summary><c>instance</c>, <c>stack</c> or <c>grid</c>.</summary>
    public string Scope { get; init; } = "";
    public string Driver { get; init; } = "";
    public IReadOnlyDictionary<string, string> DriverOpts { get; init; } = new Dictionary<string, string>();

    /// <summary>Where data of it is.</summary>
    public IReadOnlyList<VolumeInstanceJson> Instances { get; init; } = [];

    /// <summary>Which services mount it.</summary>
    public IReadOnlyList<IdJson> Services { get; init; } = [];
}

/// <param name="Node">The node's name; the last one known, when its record was removed.</param>
/// <param name="Name">The Docker volume's name.</param>
public sealed record VolumeInstanceJson(string Node, string Name);

public sealed record VolumesJson(IReadOnlyList<VolumeJson> Volumes);

/// <summary>Body of volume create. Null means "not given".</summary>
public sealed record VolumeRequest
{
    public string? Name { get; init; }
    public string? Scope { get; init; }
    public string? Driver { get; init; }
    public IReadOnlyDictionary<string, string>? DriverOpts { get; init; }
}

namespace Kontena.Docker.Wire;

internal sealed record WireVolume(string? Name, string? Driver, Dictionary<string, string>? Labels);

internal sealed record WireVolumeList(List<WireVolume>? Volumes);

internal sealed record WireCreateVolume
{
    public required string Name { get; init; }
    public string? Driver { get; init; }
    public IReadOnlyDictionary<string, string>? DriverOpts { get; init; }
    public IReadOnlyDictionary<string, string>? Labels { get; init; }
}

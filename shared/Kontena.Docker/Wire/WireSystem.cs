namespace Kontena.Docker.Wire;

// The shapes of the Engine API, field for field as it spells them. Only what we read or write is listed.

internal sealed record WireError(string? Message);

internal sealed record WireVersion(string? Version, string? ApiVersion, string? MinAPIVersion);

internal sealed record WireInfo
{
    public string? ID { get; init; }
    public string? Name { get; init; }
    public string? OperatingSystem { get; init; }
    public string? KernelVersion { get; init; }
    public string? ServerVersion { get; init; }
    public string? Driver { get; init; }
    public string? DockerRootDir { get; init; }
    public int NCPU { get; init; }
    public long MemTotal { get; init; }
    public List<string>? Labels { get; init; }
    public WirePlugins? Plugins { get; init; }
}

internal sealed record WirePlugins(List<string>? Volume, List<string>? Network);

/// <summary>Go's empty struct: the value of its sets.</summary>
internal sealed record WireNothing;

internal sealed record WireId(string? Id, List<string>? Warnings);

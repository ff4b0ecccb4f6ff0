namespace Kontena.Docker.Wire;

internal sealed record WireEndpoint
{
    public IReadOnlyList<string>? Aliases { get; init; }
    public IReadOnlyList<string>? Links { get; init; }
    public WireEndpointAddress? IPAMConfig { get; init; }
    public string? IPAddress { get; init; }
}

internal sealed record WireEndpointAddress(string? IPv4Address);

internal sealed record WireConnect(string Container, WireEndpoint EndpointConfig);

internal sealed record WireNetwork
{
    public string? Id { get; init; }
    public string? Name { get; init; }
    public WireIpam? IPAM { get; init; }
    public Dictionary<string, string>? Options { get; init; }
    public Dictionary<string, string>? Labels { get; init; }
}

internal sealed record WireCreateNetwork
{
    public required string Name { get; init; }

    /// <summary>Without it older engines make a second network of the same name.</summary>
    public bool CheckDuplicate { get; init; } = true;
    public string? Driver { get; init; }
    public WireIpam? IPAM { get; init; }
    public IReadOnlyDictionary<string, string>? Options { get; init; }
    public IReadOnlyDictionary<string, string>? Labels { get; init; }
}

internal sealed record WireIpam(List<WireIpamConfig>? Config);

internal sealed record WireIpamConfig(string? Subnet, string? Gateway);

using System.Text.Json.Serialization;

namespace Kontena.Contracts.Names;

/// <summary>An address at which an instance runs, as the grid's name servers know it (runtime.md §3.14). Its names follow from stack, service and number.</summary>
public sealed record NamedInstance
{
    /// <summary>Ports that are told of one instance; more are left out.</summary>
    public const int MostPorts = 64;

    /// <summary>Links that are told of one instance; more are left out.</summary>
    public const int MostLinks = 64;

    /// <summary>Other addresses that are told of one instance; more are left out.</summary>
    public const int MostOthers = 8;

    public required string InstanceId { get; init; }

    /// <summary>The engine id of the node it runs on. While an instance moves it has an address on two.</summary>
    public required string NodeId { get; init; }
    public required string Stack { get; init; }
    public required string Service { get; init; }

    /// <summary>1 to N.</summary>
    public required int Number { get; init; }

    /// <summary>Its service is the one that its stack exposes, and is found under the stack's name too.</summary>
    public bool Exposed { get; init; }

    /// <summary>Reached, and found, only by its own stack and by services with a link to its service.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Private { get; init; }

    /// <summary>It has an address and no name: what runs once, and a hook before the container that it goes before. Told only where that address opens a private stack to it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Nameless { get; init; }

    /// <summary>Services of other stacks that its service has a link to, <c>stack/service</c>; at most <see cref="MostLinks"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Links { get; init; }

    /// <summary>IPv4, on the grid's network.</summary>
    public required string Address { get; init; }

    /// <summary>Where others of its containers are, which have no name: let in as it is, and never answered. At most <see cref="MostOthers"/>; told only where they open a private
    /// stack.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? OtherAddresses { get; init; }
    public required NameStanding Standing { get; init; }

    /// <summary>Where it listens, as far as its service says; for SRV answers.</summary>
    public IReadOnlyList<NamedPort> Ports { get => field ?? []; init; } = [];

    /// <summary>With a name and without.</summary>
    [JsonIgnore]
    public IEnumerable<string> Addresses => [Address, .. OtherAddresses ?? []];

    /// <summary>Of the instance on this node.</summary>
    [JsonIgnore]
    public string Key => KeyOf(NodeId, InstanceId);

    public static string KeyOf(string nodeId, string instanceId) => $"{nodeId}/{instanceId}";
}

/// <param name="Port">1 to 65535, of the container.</param>
/// <param name="Protocol"><c>tcp</c> or <c>udp</c>.</param>
public sealed record NamedPort(int Port, string Protocol);

/// <summary>How good an answer an address is. Of the addresses of a name only the best are answered, so the worst is answered when there is nothing else.</summary>
public enum NameStanding
{
    /// <summary>It is about to be stopped.</summary>
    Leaving,

    /// <summary>It runs, and has not been found ready.</summary>
    Starting,

    /// <summary>It was ready when its node was last heard of; the node has missed heartbeats.</summary>
    Suspect,
    Ready,
}

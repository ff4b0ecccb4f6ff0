using System.Text.Json.Serialization;

namespace Kontena.Contracts.Http;

/// <summary>One numbered member of a service on HTTP (rest-api.md §12.7).</summary>
public sealed record InstanceJson
{
    public string Id { get; init; } = "";
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
    public int InstanceNumber { get; init; }

    /// <summary><c>initialized</c>, <c>running</c> or <c>stopped</c>.</summary>
    public string DesiredState { get; init; } = "";

    /// <summary>What the node says: <c>initialized</c>, <c>running</c>, <c>restarting</c>, <c>stopped</c> or <c>missing</c>.</summary>
    public string State { get; init; } = "";

    /// <summary>Wanted; <see cref="Rev"/> is what the node runs.</summary>
    public string? DeployRev { get; init; }
    public string? Rev { get; init; }
    public string? Error { get; init; }

    /// <summary>Left out while no node is found.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public InstanceNodeJson? Node { get; init; }
}

public sealed record InstanceNodeJson(string Id, string Name, string? PublicIp);

public sealed record InstancesJson(IReadOnlyList<InstanceJson> Instances);

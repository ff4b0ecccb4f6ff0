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

    /// <summary>Restarts since the last order. This and what follows is ours, and left out while there is nothing to say.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Restarts { get; init; }

    /// <summary>Why it was restarted the last time.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? RestartReason { get; init; }

    /// <summary>While it waits for its next start.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? NextStartAt { get; init; }

    /// <summary>Restarted five times within ten minutes.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool CrashLooping { get; init; }

    /// <summary>False when it runs and does not serve.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Ready { get; init; }

    /// <summary>What its last failed check met, while it is not ready for it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? HealthReason { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Notice { get; init; }

    /// <summary>Left out while no node is found.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public InstanceNodeJson? Node { get; init; }
}

public sealed record InstanceNodeJson(string Id, string Name, string? PublicIp);

public sealed record InstancesJson(IReadOnlyList<InstanceJson> Instances);

using System.Text.Json.Serialization;

namespace Kontena.Contracts.Http;

/// <summary>A service's deploy on HTTP (rest-api.md §12.6). It has ended when <see cref="FinishedAt"/> is set.</summary>
public sealed record ServiceDeployJson
{
    public string Id { get; init; } = "";
    public DateTimeOffset CreatedAt { get; init; }

    [JsonConverter(typeof(OffsetTimeConverter))]
    public DateTimeOffset? QueuedAt { get; init; }

    [JsonConverter(typeof(OffsetTimeConverter))]
    public DateTimeOffset? StartedAt { get; init; }

    [JsonConverter(typeof(OffsetTimeConverter))]
    public DateTimeOffset? FinishedAt { get; init; }
    public string ServiceId { get; init; } = "";

    /// <summary><c>created</c>, <c>ongoing</c>, <c>success</c> or <c>error</c>.</summary>
    public string State { get; init; } = "";

    /// <summary>Never null in state <c>error</c>.</summary>
    public string? Reason { get; init; }
    public int InstanceCount { get; init; }

    /// <summary>The digest or id of the image its instances run; ours, left out while it is not known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ImageDigest { get; init; }

    /// <summary>The service revision it rolls out; ours, left out until it has begun.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? ServiceRevision { get; init; }
    public IReadOnlyList<InstanceDeployJson> InstanceDeploys { get; init; } = [];
}

/// <param name="InstanceNumber">1 and up.</param>
/// <param name="Node">The node's name; empty while none was found.</param>
/// <param name="State">As <see cref="ServiceDeployJson.State"/>.</param>
/// <param name="Error">Never null in state <c>error</c>.</param>
public sealed record InstanceDeployJson(int InstanceNumber, string? Node, string State, string? Error);

/// <summary>A stack's deploy on HTTP (§11.5).</summary>
public sealed record StackDeployJson
{
    public string Id { get; init; } = "";
    public string StackId { get; init; } = "";
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary><c>created</c>, <c>ongoing</c>, <c>success</c> or <c>error</c>.</summary>
    public string State { get; init; } = "";

    /// <summary>Why it failed before or between its service deploys; ours, older servers do not send it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }

    /// <summary>Grows while the deploy runs.</summary>
    public IReadOnlyList<ServiceDeployJson> ServiceDeploys { get; init; } = [];
}

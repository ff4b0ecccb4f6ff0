using System.Text.Json;
using System.Text.Json.Serialization;
using Kontena.Contracts.Services;

namespace Kontena.Contracts.Stacks;

/// <summary>A stack as clients send it (rest-api.md §11.3, stack-file.md §15). Serialised with snake_case names.</summary>
public sealed record StackRequest
{
    public string? Stack { get; init; }
    public string? Version { get; init; }
    public string? Name { get; init; }
    public IReadOnlyList<string>? Labels { get; init; }
    public string? Registry { get; init; }
    public string? Expose { get; init; }

    /// <summary>One of <see cref="StackNetworks"/>; null: as the grid says.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Networks { get; init; }
    public IReadOnlyList<ServiceRequest>? Services { get; init; }
    public IReadOnlyList<StackVolumeRequest>? Volumes { get; init; }
    public JsonElement? Dependencies { get; init; }

    /// <summary>The raw text of the file.</summary>
    public string? Source { get; init; }
    public JsonElement? Variables { get; init; }
    public JsonElement? Metadata { get; init; }
    public StackParentRequest? Parent { get; init; }
    public string? ParentName { get; init; }

    /// <summary>The token of a plan (<see cref="StackPlanned.Token"/>): the change is refused, with what moved, when it would no longer be the planned one. Null:
    /// it is made whatever has changed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Plan { get; init; }
}

/// <param name="External">The name of an existing grid volume.</param>
public sealed record StackVolumeRequest(string? Name, string? External);

public sealed record StackParentRequest(string? Name);

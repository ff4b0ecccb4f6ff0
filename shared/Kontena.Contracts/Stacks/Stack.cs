using System.Text.Json;
using System.Text.Json.Serialization;
using Kontena.Contracts.Services;

namespace Kontena.Contracts.Stacks;

/// <summary>A named group of services from one file. Written by grid-manager; the document id is the name.</summary>
public sealed record Stack
{
    public required string Grid { get; init; }
    public required string Name { get; init; }
    public required string Uid { get; init; }

    /// <summary>The number of <see cref="Latest"/>; grows when anything in it changes.</summary>
    public required int Revision { get; init; }
    public required StackRevision Latest { get; init; }

    /// <summary>The stack this one was installed for, if any; need not exist.</summary>
    public string? Parent { get; init; }

    /// <summary>Set when removal was asked; the document goes when its last service has.</summary>
    public DateTimeOffset? RemovedAt { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>The content of a stack file as last installed or upgraded.</summary>
public sealed record StackRevision
{
    /// <summary>The name in the file, e.g. <c>acme/web</c>.</summary>
    public required string StackName { get; init; }
    public required string Version { get; init; }
    public string? Registry { get; init; }
    public string? Expose { get; init; }

    /// <summary>One of <see cref="StackNetworks"/>; null: as the grid says.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Networks { get; init; }

    /// <summary>The file as submitted.</summary>
    public required string Source { get; init; }
    public JsonElement? Variables { get; init; }
    public JsonElement? Metadata { get; init; }
    public IReadOnlyList<string> Labels { get; init; } = [];
    public IReadOnlyList<ServiceRequest> Services { get; init; } = [];
    public IReadOnlyList<StackVolumeRequest> Volumes { get; init; } = [];
    public required DateTimeOffset CreatedAt { get; init; }
}

using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kontena.Contracts.Http;

/// <summary>A stack on HTTP (rest-api.md §11.1).</summary>
public sealed record StackJson
{
    /// <summary><c>grid/name</c>.</summary>
    public string Id { get; init; } = "";
    public string Name { get; init; } = "";

    /// <summary><c>initialized</c>, <c>deploying</c>, <c>running</c>, <c>partially_running</c> or <c>stopped</c>.</summary>
    public string State { get; init; } = "";
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>The name in the file, e.g. <c>acme/web</c>.</summary>
    public string? Stack { get; init; }
    public string? Registry { get; init; }
    public string? Version { get; init; }
    public int? Revision { get; init; }
    public string? Expose { get; init; }

    /// <summary><c>private</c> or <c>grid</c>; left out when the file does not say: then it is as the grid says.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Networks { get; init; }

    /// <summary>The file as submitted.</summary>
    public string? Source { get; init; }
    public JsonElement? Variables { get; init; }
    public IReadOnlyList<string>? Labels { get; init; }
    public IReadOnlyList<ServiceJson> Services { get; init; } = [];
    public JsonElement? Metadata { get; init; }

    /// <summary>Its id is null when the parent does not exist.</summary>
    public IdNameJson? Parent { get; init; }
    public IReadOnlyList<IdNameJson> Children { get; init; } = [];
}

public sealed record StacksJson(IReadOnlyList<StackJson> Stacks);

/// <summary>Body of <c>PATCH stacks/…</c>. Null keeps the labels.</summary>
public sealed record StackLabelsRequest(IReadOnlyList<string>? Labels);

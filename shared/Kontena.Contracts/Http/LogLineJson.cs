using System.Text.Json.Serialization;

namespace Kontena.Contracts.Http;

/// <summary>One line of a container's output on HTTP (rest-api.md §19.4). In a stream each is one chunk.</summary>
public sealed record LogLineJson
{
    /// <summary>24 hex digits that sort by arrival; the cursor of <c>from</c>.</summary>
    public string Id { get; init; } = "";

    /// <summary>The container's name, ending in <c>-N</c>.</summary>
    public string Name { get; init; } = "";
    public string? ContainerId { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IdNameJson? Service { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IdNameJson? Stack { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IdNameJson? Grid { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public NameJson? Node { get; init; }
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary><c>stdout</c> or <c>stderr</c>.</summary>
    public string Type { get; init; } = "";
    public string Data { get; init; } = "";
}

public sealed record NameJson(string Name);

public sealed record LogsJson(IReadOnlyList<LogLineJson> Logs);

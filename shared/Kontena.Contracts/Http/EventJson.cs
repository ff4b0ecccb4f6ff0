namespace Kontena.Contracts.Http;

/// <summary>One event on HTTP (rest-api.md §19.5). In a stream each is one chunk.</summary>
public sealed record EventJson
{
    /// <summary>24 hex digits that sort by arrival; the cursor of <c>from</c>. The original has none (§25.13).</summary>
    public string Id { get; init; } = "";
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>0 debug, 1 info, 2 warning, 3 error.</summary>
    public int Severity { get; init; }
    public string Type { get; init; } = "";
    public string? Message { get; init; }
    public EventMetaJson? Meta { get; init; }

    /// <summary>What is concerned: grid, stack, service, volume, node, in that order, those there are.</summary>
    public IReadOnlyList<RelationshipJson> Relationships { get; init; } = [];
}

public sealed record EventMetaJson(int InstanceNumber);

/// <param name="Id">As in paths of the API.</param>
/// <param name="Type"><c>grid</c>, <c>stack</c>, <c>service</c>, <c>volume</c> or <c>node</c>.</param>
public sealed record RelationshipJson(string Id, string Type);

public sealed record EventsJson(IReadOnlyList<EventJson> Logs);

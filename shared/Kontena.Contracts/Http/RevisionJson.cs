namespace Kontena.Contracts.Http;

/// <summary>A kept revision of a service on HTTP; ours, older servers have none.</summary>
public sealed record RevisionJson
{
    public int Revision { get; init; }

    /// <summary>It is what the service is now.</summary>
    public bool Current { get; init; }
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>What made it, e.g. <c>updated</c> or <c>rollback to 2</c>.</summary>
    public string Cause { get; init; } = "";
    public string Image { get; init; } = "";
    public int? StackRevision { get; init; }

    /// <summary>Fields that differ from the revision before, as they are called in a spec; empty when that one is not kept.</summary>
    public IReadOnlyList<string> Changes { get; init; } = [];

    /// <summary>Its last deploy; null when it has none on record.</summary>
    public RevisionDeployJson? Deploy { get; init; }
}

/// <param name="State">As <see cref="ServiceDeployJson.State"/>.</param>
public sealed record RevisionDeployJson(string Id, string State, string? Reason);

/// <summary>Newest first.</summary>
public sealed record RevisionsJson(IReadOnlyList<RevisionJson> Revisions);

/// <summary>Body of <c>rollback</c>.</summary>
/// <param name="Revision">Null: the newest earlier one that was deployed successfully and differs.</param>
public sealed record RollbackRequest(int? Revision);

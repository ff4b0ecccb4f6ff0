namespace Kontena.Contracts.Http;

/// <summary>Who did what, oldest first (rest-api.md §8).</summary>
public sealed record AuditLogsJson(IReadOnlyList<AuditLogJson> Logs);

/// <summary>One line of the audit log, with the original's keys in its order.</summary>
public sealed record AuditLogJson
{
    public DateTimeOffset Time { get; init; }
    public string? Grid { get; init; }

    /// <summary>The grid's name: it has no other id here.</summary>
    public string? GridId { get; init; }

    /// <summary>Id of the service; empty when it is about none.</summary>
    public string Service { get; init; } = "";
    public string ResourceType { get; init; } = "";
    public string? ResourceName { get; init; }

    /// <summary>The thing's id where it has one, else its path.</summary>
    public string ResourceId { get; init; } = "";
    public string EventName { get; init; } = "";

    /// <summary><c>success</c>, or <c>refused</c>, which the original never says.</summary>
    public string EventStatus { get; init; } = "";

    /// <summary><c>0.0.0.0</c> when it is not known.</summary>
    public string SourceIp { get; init; } = "";
    public string? UserAgent { get; init; }
    public AuditUserJson UserIdentity { get; init; } = new("", "");
}

/// <param name="Email">A node's name, or <c>system</c>, where no user asked.</param>
public sealed record AuditUserJson(string Id, string Email);

/// <summary>Whether the records that are kept are those that were written.</summary>
public sealed record AuditVerificationJson
{
    public bool Intact { get; init; }

    /// <summary>One for each service that writes and each grid, and those of what belongs to no grid.</summary>
    public IReadOnlyList<AuditChainJson> Chains { get; init; } = [];
}

public sealed record AuditChainJson
{
    /// <summary>The grid; null for the chain about grids, users and tokens.</summary>
    public string? Grid { get; init; }

    /// <summary>The service that writes it.</summary>
    public string Writer { get; init; } = "";

    /// <summary>Number of the oldest record that is kept.</summary>
    public long First { get; init; }

    /// <summary>Number of the newest.</summary>
    public long Last { get; init; }

    /// <summary>The newest record's hash: whoever notes it elsewhere can tell later whether the chain was made anew.</summary>
    public string Hash { get; init; } = "";

    /// <summary>The first record that is wrong or missing; null when none is.</summary>
    public string? BrokenRecord { get; init; }

    /// <summary>What is wrong with it.</summary>
    public string? BrokenReason { get; init; }
}

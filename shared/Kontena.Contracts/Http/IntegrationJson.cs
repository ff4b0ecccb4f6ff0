namespace Kontena.Contracts.Http;

/// <summary>An integration on HTTP.</summary>
public record IntegrationJson
{
    /// <summary>The name.</summary>
    public string Id { get; init; } = "";
    public string Name { get; init; } = "";

    /// <summary>Roles of users, or <c>viewer</c> alone.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>Names of the grids it is a user of.</summary>
    public IReadOnlyList<string> Grids { get; init; } = [];

    /// <summary>What the names of its queues must begin with.</summary>
    public string QueuePrefix { get; init; } = "";
    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>One that was just made, with what is shown this once.</summary>
public sealed record NewIntegrationJson : IntegrationJson
{
    /// <summary><c>amqps://user:password@host:port/vhost</c>.</summary>
    public string Url { get; init; } = "";

    /// <summary>Without the URL: this must not get into a log by being written out.</summary>
    public override string ToString() => $"{nameof(NewIntegrationJson)} {Name}";
}

public sealed record IntegrationsJson(IReadOnlyList<IntegrationJson> Integrations);

/// <summary>Body of making one. Null means "not given".</summary>
public sealed record IntegrationRequest
{
    public string? Name { get; init; }

    /// <summary>Roles of users, or <c>viewer</c> alone; none: what a user of the grids may do.</summary>
    public IReadOnlyList<string>? Roles { get; init; }
    public IReadOnlyList<string>? Grids { get; init; }
}

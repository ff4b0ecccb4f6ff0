namespace Kontena.Contracts.Services;

/// <summary>A service as wanted. Written by grid-manager; the document id is <c>stack/name</c>.</summary>
public sealed record Service
{
    /// <summary>The stack that holds services which belong to no stack.</summary>
    public const string NoStack = "null";

    public required string Grid { get; init; }
    public required string Stack { get; init; }
    public required string Name { get; init; }

    /// <summary>24 hex digits, new for each creation: tells a service from an earlier one of the same name.</summary>
    public required string Uid { get; init; }
    public required ServiceSpec Spec { get; init; }
    public required ServiceState State { get; init; }

    /// <summary>Grows when the spec changes or a deploy is forced; containers of an older revision are replaced.</summary>
    public int Revision { get; init; } = 1;
    public int? StackRevision { get; init; }

    /// <summary>Says, while its <see cref="ServiceRollback.Revision"/> is <see cref="Revision"/>, that this is an earlier revision again.</summary>
    public ServiceRollback? RolledBack { get; init; }

    /// <summary>Set when removal was asked. The scheduler takes its instances down, says <see cref="ServiceTornDown"/>, and the document goes.</summary>
    public DateTimeOffset? RemovedAt { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    public static string DocumentId(string stack, string name) => $"{stack}/{name}";
}

public enum ServiceState
{
    /// <summary>Created, never deployed.</summary>
    Initialized,
    Running,
    Stopped,
}

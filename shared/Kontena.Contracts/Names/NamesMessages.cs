namespace Kontena.Contracts.Names;

/// <summary>News to all nodes of a grid: these addresses are new, other or gone. Losing one is repaired by the digest in heartbeats.</summary>
public sealed record NamesChanged
{
    /// <summary>Changes in one message; more go in several.</summary>
    public const int Most = 500;

    public required string Grid { get; init; }

    /// <summary>Of the scheduler that decided it.</summary>
    public required long Epoch { get; init; }

    /// <summary>Grows with every message of an epoch; one that is not larger than the last is late, and ignored.</summary>
    public required long Revision { get; init; }
    public IReadOnlyList<NamedInstance> Upserts { get => field ?? []; init; } = [];

    /// <summary><see cref="NamedInstance.Key"/> of what is gone.</summary>
    public IReadOnlyList<string> Removals { get => field ?? []; init; } = [];
}

/// <summary>All addresses of a grid, in pages of at most <see cref="NamesChanged.Most"/>: told to nodes whose digest shows that they have others.
/// It takes effect when all pages have come in their order.</summary>
public sealed record NamesTold
{
    public required string Grid { get; init; }

    /// <inheritdoc cref="NamesChanged.Epoch"/>
    public required long Epoch { get; init; }

    /// <summary>As in <see cref="NamesChanged"/>; the same for all pages.</summary>
    public required long Revision { get; init; }

    /// <summary>From 0.</summary>
    public required int Page { get; init; }

    /// <summary>At least 1.</summary>
    public required int Pages { get; init; }
    public IReadOnlyList<NamedInstance> Instances { get => field ?? []; init; } = [];
}

using Kontena.Contracts.Grids;
using Kontena.Contracts.Services;

namespace Kontena.Scheduler.Placement;

/// <summary>What holds for a whole grid, whatever lies on which node.</summary>
internal sealed record SceneRules
{
    private static readonly Dictionary<string, Quota> NoQuotas = [];
    private static readonly Dictionary<string, long> NoPeaks = [];

    /// <summary>Used by services that have no affinity of their own; it replaces, it does not add (runtime.md §2.4).</summary>
    public IReadOnlyList<string> DefaultAffinity { get; init; } = [];

    public Quota? Quota { get; init; }

    /// <summary>By name of the stack; <see cref="Quota.EveryStack"/> for those without an entry.</summary>
    public IReadOnlyDictionary<string, Quota> StackQuotas { get; init; } = NoQuotas;

    /// <summary>The most memory that a container of the service was seen to use within the last hour, in bytes, by the service's document
    /// id.</summary>
    public IReadOnlyDictionary<string, long> Peaks { get; init; } = NoPeaks;

    public static SceneRules Of(Grid? grid) => grid is null
        ? new SceneRules()
        : new SceneRules { DefaultAffinity = grid.DefaultAffinity, Quota = grid.Quota, StackQuotas = grid.StackQuotas };

    public long PeakOf(Service service) => Peaks.GetValueOrDefault(Service.DocumentId(service.Stack, service.Name));
}

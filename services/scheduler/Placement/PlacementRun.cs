using System.Diagnostics.CodeAnalysis;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Services;
using Kontena.Core.Affinities;
using Kontena.Scheduler.Placement.Filters;
using Kontena.Scheduler.Placement.Strategies;

namespace Kontena.Scheduler.Placement;

/// <summary>The rules of one planning run: which filters concern the service, its affinities, its strategy.</summary>
internal sealed class PlacementRun
{
    private static readonly IPlacementFilter[] All =
    [
        new AvailabilityFilter(), new DiskFilter(), new EphemeralFilter(), new VolumeFilter(), new AffinityFilter(), new PortFilter(),
        new CpuFilter(), new MemoryFilter(), new DependencyFilter(), new PerNodeFilter(), new SecretsFilter(),
    ];

    private readonly IPlacementFilter[] _filters;
    private readonly List<AffinityExpression> _affinities;
    private readonly bool _numbered;
    private readonly DateTimeOffset _now;

    private PlacementRun(PlacementBoard board, IPlacementStrategy strategy, List<AffinityExpression> affinities, DateTimeOffset now)
    {
        Board = board;
        Strategy = strategy;
        _affinities = affinities;
        _numbered = affinities.Any(rule => rule.Value.Contains("%s", StringComparison.Ordinal));
        _filters = [.. All.Where(filter => filter.Concerns(board.Spec))];
        _now = now;
        SpreadKey = strategy.SpreadKey(board.Spec);
        IsPersonal = Array.Exists(_filters, filter => filter.IsPersonal(board.Spec, affinities));
    }

    public PlacementBoard Board { get; }

    public IPlacementStrategy Strategy { get; }

    /// <summary>The label whose values each get as many instances as the others; null when none is spread over.</summary>
    public string? SpreadKey { get; }

    /// <summary>Every instance has to be asked for every node, see <see cref="IPlacementFilter.IsPersonal"/>.</summary>
    public bool IsPersonal { get; }

    /// <summary>Reads strategy and affinities; false when one of them can't be read, with a sentence about it.</summary>
    public static bool TryBegin(
        PlacementScene scene, Service service, IEnumerable<Instance> own, DateTimeOffset now, ulong seed,
        [NotNullWhen(true)] out PlacementRun? run, [NotNullWhen(false)] out string? problem)
    {
        run = null;
        problem = null;
        if (PlacementStrategies.Find(service.Spec.Strategy) is not { } strategy)
        {
            problem = $"strategy '{service.Spec.Strategy}' is not known; known are {string.Join(", ", PlacementStrategies.Names)}";
            return false;
        }

        var rules = service.Spec.Affinity.Count > 0 ? service.Spec.Affinity : scene.Rules.DefaultAffinity;
        var affinities = new List<AffinityExpression>(rules.Count);
        foreach (var rule in rules)
        {
            if (!AffinityExpression.TryParse(rule, out var affinity, out problem))
                return false;
            affinities.Add(affinity);
        }

        run = new PlacementRun(new PlacementBoard(scene, service, own, seed), strategy, affinities, now);
        return true;
    }

    public PlacementQuery Query(int number) => new(
        Board, number, Strategy, _numbered && number > 0 ? [.. _affinities.Select(rule => rule.ForInstance(number))] : _affinities, _now);

    /// <summary>Whether the node may take the instance.</summary>
    public bool Admits(PlacementQuery query, Candidate node)
    {
        foreach (var filter in _filters)
        {
            if (!filter.Admits(query, node))
                return false;
        }

        return true;
    }

    /// <summary>Why it may not; null when it may.</summary>
    public Exclusion? Excluded(PlacementQuery query, Candidate node)
    {
        foreach (var filter in _filters)
        {
            if (filter.Exclude(query, node) is { } exclusion)
                return exclusion;
        }

        return null;
    }

    /// <summary>Others are better for something new, whatever else speaks for it: its agent says that it does not work in part. Not where every node gets its
    /// own.</summary>
    public bool IsAvoided(Candidate node) => node.Trouble is not null && !Strategy.PerNode;
}

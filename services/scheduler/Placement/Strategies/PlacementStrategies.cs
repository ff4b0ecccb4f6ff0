using System.Collections.Frozen;

namespace Kontena.Scheduler.Placement.Strategies;

/// <summary>The strategies by name.</summary>
internal static class PlacementStrategies
{
    private static readonly FrozenDictionary<string, IPlacementStrategy> ByName =
        new IPlacementStrategy[] { new HaStrategy(), new DaemonStrategy(), new RandomStrategy(), new BinpackStrategy() }
            .ToFrozenDictionary(one => one.Name, StringComparer.Ordinal);

    public static IEnumerable<string> Names => ByName.Keys.Order(StringComparer.Ordinal);

    public static IPlacementStrategy? Find(string name) => ByName.GetValueOrDefault(name);
}

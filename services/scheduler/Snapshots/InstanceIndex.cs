using System.Collections.Immutable;
using Kontena.Contracts.Instances;

namespace Kontena.Scheduler.Snapshots;

/// <summary>The instances of a grid by the creation of their service. Immutable; moves forward with a few changes at the cost of those.</summary>
internal sealed class InstanceIndex
{
    private static readonly ImmutableSortedDictionary<(int, string), Instance> None =
        ImmutableSortedDictionary.Create<(int, string), Instance>(Comparer<(int Number, string Id)>.Create(
            static (one, other) => one.Number != other.Number ? one.Number.CompareTo(other.Number) : string.CompareOrdinal(one.Id, other.Id)));

    private readonly ImmutableDictionary<string, ImmutableSortedDictionary<(int, string), Instance>> _byService;

    private InstanceIndex(ImmutableDictionary<string, ImmutableSortedDictionary<(int, string), Instance>> byService) => _byService = byService;

    public static InstanceIndex Of(IEnumerable<Instance> instances) => new(instances
        .GroupBy(one => one.ServiceUid, StringComparer.Ordinal)
        .ToImmutableDictionary(
            of => of.Key,
            of => None.AddRange(of.Select(one => KeyValuePair.Create((one.Number, one.Id), one))),
            StringComparer.Ordinal));

    /// <summary>Of the creations that have instances.</summary>
    public IEnumerable<string> Uids => _byService.Keys.Order(StringComparer.Ordinal);

    /// <summary>All of one creation of a service, by number.</summary>
    public IReadOnlyList<Instance> Of(string serviceUid) => _byService.TryGetValue(serviceUid, out var own) ? [.. own.Values] : [];

    /// <summary>The same value as long as none of the service's instances changes; null when it has none.</summary>
    public object? MarkOf(string serviceUid) => _byService.GetValueOrDefault(serviceUid);

    public InstanceIndex After(IEnumerable<(Instance? Before, Instance? After)> changes)
    {
        var services = _byService.ToBuilder();
        foreach (var (before, after) in changes)
        {
            if (before is not null && services.TryGetValue(before.ServiceUid, out var own))
            {
                own = own.Remove((before.Number, before.Id));
                if (own.IsEmpty)
                    services.Remove(before.ServiceUid);
                else
                    services[before.ServiceUid] = own;
            }

            if (after is not null)
                services[after.ServiceUid] = services.GetValueOrDefault(after.ServiceUid, None).SetItem((after.Number, after.Id), after);
        }

        return new InstanceIndex(services.ToImmutable());
    }
}

using System.Collections.Immutable;
using Kontena.Contracts.Instances;

namespace Kontena.Scheduler.Snapshots;

/// <summary>The instances whose node has not said that it has taken up their order. Immutable; moves forward with orders and reports.</summary>
/// <param name="Ids">In ordinal order.</param>
/// <param name="Instances">What it is true of.</param>
/// <param name="Observed">Likewise.</param>
internal sealed record OpenOrders(ImmutableSortedSet<string> Ids, DocumentTable<Instance> Instances, DocumentTable<InstanceObserved> Observed)
{
    public static OpenOrders Of(DocumentTable<Instance> instances, DocumentTable<InstanceObserved> observed, OpenOrders? known) =>
        known is not null && ReferenceEquals(known.Instances, instances) && ReferenceEquals(known.Observed, observed)
            ? known
            : new OpenOrders(
                [.. instances.Values.Where(one => IsOpen(one, Seen(one, observed.Find))).Select(one => one.Id)], instances, observed);

    /// <summary>The ids once these instances, or what is said of them, are no longer as they were.</summary>
    public static ImmutableSortedSet<string> After(
        ImmutableSortedSet<string> ids, IEnumerable<string> changed, Func<string, Instance?> instance, Func<string, InstanceObserved?> observed)
    {
        foreach (var id in changed)
            ids = instance(id) is { } one && IsOpen(one, Seen(one, observed)) ? ids.Add(id) : ids.Remove(id);
        return ids;
    }

    private static bool IsOpen(Instance instance, InstanceObserved? seen) =>
        instance is { NodeId: not null, Desired: not DesiredState.Removed } && !(seen?.Generation >= instance.Generation);

    private static InstanceObserved? Seen(Instance instance, Func<string, InstanceObserved?> observed) =>
        instance.Node is null ? null : observed(InstanceObserved.DocumentId(instance.Node, instance.Id));
}

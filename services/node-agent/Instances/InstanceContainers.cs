using Kontena.Docker;
using Kontena.NodeAgent.Orders;

namespace Kontena.NodeAgent.Instances;

/// <summary>What was last seen of an instance's containers: none, one, or two while one replaces the other. Written by its worker's pass alone.</summary>
internal sealed class InstanceContainers(string instanceId)
{
    /// <summary>A listing showed a successor, whether or not one was looked for.</summary>
    private volatile bool _successorListed;

    /// <summary>At the instance's name, or its only one.</summary>
    public ContainerSight? Seen { get; set; }

    /// <summary>Beside <see cref="Seen"/>, getting ready to take its place.</summary>
    public ContainerSight? Next { get; set; }

    /// <summary>The one whose checks decide: the successor, where there is one.</summary>
    public ContainerSight? Candidate => Next ?? Seen;

    /// <summary>Where the throw-away container of a hook is that runs right now; null when there is none.</summary>
    public string? Hook { get; set; }

    public bool IsEmpty => Seen is null && Next is null;

    public IEnumerable<ContainerSight> All
    {
        get
        {
            var (seen, next) = (Seen, Next);
            if (seen is not null)
                yield return seen;
            if (next is not null)
                yield return next;
        }
    }

    /// <summary>The one that stands for the instance in reports: the successor from when it serves.</summary>
    public ContainerSight? ToTell(InstanceOrder? order, InstanceMemory memory) =>
        Seen is null || StartFirst.HasTakenOver(order, Next, memory) ? Next ?? Seen : Seen;

    /// <summary>On the grid's network, of whatever runs beside the one that is told; null when that is nothing.</summary>
    public IReadOnlyList<string>? OtherAddresses(ContainerSight? told)
    {
        List<string> others = [.. All.Where(one => one.Running && one.Id != told?.Id).Select(one => one.Address).Append(Hook).OfType<string>()];
        return others.Count == 0 ? null : others;
    }

    /// <summary>When the container has gone its successor is what there is.</summary>
    public void Promote()
    {
        if (Seen is null)
            (Seen, Next) = (Next, null);
    }

    /// <summary>Whether a listing says the same as the last look.</summary>
    /// <param name="successor">What is listed under the name of a successor beside <paramref name="listed"/>.</param>
    public bool AreAsListed(ContainerSummary? listed, ContainerSummary? successor)
    {
        _successorListed = successor is not null;
        return IsSame(listed, Seen) && IsSame(successor, Next);
    }

    public async Task LookAsync(IContainerEngine engine, InstanceOrder? order, CancellationToken cancellationToken)
    {
        Seen = await ContainerLookup.FindAsync(engine, instanceId, Seen?.Id, order?.Name, cancellationToken);
        Next = order is not null && (order.Spec?.ReplaceOrder is not null || Next is not null || _successorListed)
            ? await ContainerLookup.FindSuccessorAsync(engine, instanceId, order.Name, Seen, cancellationToken)
            : null;
    }

    private static bool IsSame(ContainerSummary? listed, ContainerSight? seen) => listed is null
        ? seen is null
        : seen is not null && seen.Id == listed.Id && seen.State == listed.State && (listed.Health ?? seen.Health) == seen.Health;
}

using Kontena.Contracts.Instances;
using Kontena.Contracts.Services;

namespace Kontena.Scheduler.Placement;

/// <summary>An instance on a node; while it leaves it still holds its ports and memory.</summary>
internal sealed record Occupant(string Node, Instance Instance, bool Leaving)
{
    public InstanceSpec? Spec => Instance.Spec;

    public string Name => Spec?.Name ?? InstanceSpecs.InstanceNames.Container(Instance.Stack, Instance.Service, Instance.Number);

    public IReadOnlyList<PortMapping> Ports { get; } = HostPorts.Of(Instance.Spec);
}

/// <summary>All that lies on one node, with the sums that are asked for again and again. Immutable.</summary>
internal sealed class Occupancy
{
    public static readonly Occupancy Empty = new([], [], default);

    private readonly Occupant[] _all;

    private Occupancy(Occupant[] all, Occupant[] withPorts, NodeLoad load) => (_all, WithPorts, Load) = (all, withPorts, load);

    public IReadOnlyList<Occupant> All => _all;

    /// <summary>Those that hold a port of the node: few, and asked for by every service that wants one.</summary>
    public Occupant[] WithPorts { get; }

    /// <summary>What all of them reserve, leaving ones too.</summary>
    public NodeLoad Load { get; }

    public Occupancy With(Occupant occupant) => new(
        [.. _all, occupant],
        occupant.Ports.Count > 0 ? [.. WithPorts, occupant] : WithPorts,
        Load + Reservation.Of(occupant.Instance));

    /// <summary>Without what an earlier state of the instance held here.</summary>
    public Occupancy Without(Instance instance)
    {
        var load = Load;
        foreach (var one in _all)
        {
            if (ReferenceEquals(one.Instance, instance))
                load -= Reservation.Of(one.Instance);
        }

        return new Occupancy(
            Array.FindAll(_all, one => !ReferenceEquals(one.Instance, instance)),
            Array.FindAll(WithPorts, one => !ReferenceEquals(one.Instance, instance)),
            load);
    }
}

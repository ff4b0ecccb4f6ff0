using Kontena.Contracts.Instances;
using Kontena.Contracts.Services;
using Kontena.Scheduler.InstanceSpecs;

namespace Kontena.Scheduler.Placement;

/// <summary>One planning run for one service: what others hold, and which of its own instances were given a node so far.</summary>
internal sealed class PlacementBoard
{
    private readonly Dictionary<string, List<int>> _chosen = new(StringComparer.Ordinal);
    private readonly Dictionary<string, NodeLoad> _loads = new(StringComparer.Ordinal);
    private readonly Dictionary<int, Instance> _current;

    public PlacementBoard(PlacementScene scene, Service service, IEnumerable<Instance> own)
    {
        Scene = scene;
        Service = service;
        _current = own.Where(instance => instance.ServiceUid == service.Uid)
            .GroupBy(instance => instance.Number)
            .ToDictionary(same => same.Key, same => same.MaxBy(instance => instance.Generation)!);
    }

    public PlacementScene Scene { get; }

    public Service Service { get; }

    public ServiceSpec Spec => Service.Spec;

    /// <summary>The instance of that number as it is now; parked ones (removed, data kept) too.</summary>
    public Instance? Current(int number) => _current.GetValueOrDefault(number);

    /// <summary>Whether any instance of the service now lives on the node.</summary>
    public bool LivesOn(Candidate node) => _current.Values.Any(instance => IsOn(instance, node));

    public static bool IsOn(Instance? instance, Candidate node) =>
        instance is not null && instance.Node == node.Name && (instance.NodeId is null || instance.NodeId == node.Node.NodeId);

    /// <summary>Others on the node; of the own service only what is leaving, other than instance <paramref name="number"/>
    /// itself.</summary>
    public IEnumerable<Occupant> OthersOn(string node, int number) => Scene.On(node).Where(
        one => one.Instance.ServiceUid != Service.Uid || (one.Leaving && number > 0 && one.Instance.Number != number));

    /// <summary>Numbers of this service chosen for the node in this run.</summary>
    public IReadOnlyList<int> ChosenOn(string node) => _chosen.TryGetValue(node, out var numbers) ? numbers : [];

    /// <summary>What instances of other services reserve on the node.</summary>
    public NodeLoad LoadOf(string node)
    {
        // Asked for only where something is to be placed: most runs find everything in its place.
        if (!_loads.TryGetValue(node, out var load))
            _loads[node] = load = Load(node);
        return load;
    }

    public void Choose(int number, string node)
    {
        if (!_chosen.TryGetValue(node, out var numbers))
            _chosen[node] = numbers = [];
        numbers.Add(number);
    }

    public string NameOf(int number) => InstanceNames.Container(Service.Stack, Service.Name, number);

    private NodeLoad Load(string node)
    {
        var load = default(NodeLoad);
        foreach (var one in Scene.On(node))
        {
            if (one.Instance.ServiceUid == Service.Uid)
                continue;
            load = new NodeLoad(
                load.Instances + 1,
                load.Cpus + (one.Spec?.Cpus ?? 0),
                load.Memory + Reservation.Memory(one.Spec?.Memory, one.Spec?.MemorySwap));
        }

        return load;
    }
}

/// <summary>Sums over the instances placed on a node.</summary>
internal readonly record struct NodeLoad(int Instances, double Cpus, long Memory);

/// <summary>What an instance reserves: its limits. Nothing is guessed from usage (runtime.md §9.1 D14).</summary>
internal static class Reservation
{
    public static long Memory(long? memory, long? memorySwap) => memory ?? (memorySwap > 0 ? memorySwap.Value : 0);
}

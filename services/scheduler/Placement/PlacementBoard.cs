using System.Runtime.InteropServices;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Services;
using Kontena.Scheduler.InstanceSpecs;

namespace Kontena.Scheduler.Placement;

/// <summary>One planning run for one service: what others hold, and which of its own instances were given a node so far.</summary>
internal sealed class PlacementBoard
{
    private readonly Instance?[] _current;
    private readonly IReadOnlyList<Instance> _own;
    private readonly Dictionary<int, Chosen> _chosen = [];
    private Dictionary<int, NodeLoad>? _ownLoads;
    private HashSet<int>? _homes;

    /// <param name="own">The instances of the service as they are, the very ones that the scene holds; others among them are passed over.</param>
    public PlacementBoard(PlacementScene scene, Service service, IEnumerable<Instance> own, ulong seed)
    {
        Scene = scene;
        Service = service;
        Seed = seed;
        var reservation = Reservation.Of(service.Spec, scene.Rules.PeakOf(service));
        Need = reservation.Load;
        MemoryIsSeen = reservation.MemoryIsSeen;
        Ports = HostPorts.Of(service.Spec);
        _own = [.. own.Where(instance => instance.ServiceUid == service.Uid)];
        _current = new Instance?[_own.Count == 0 ? 0 : _own.Max(instance => instance.Number) + 1];
        foreach (var instance in _own)
        {
            if (!(_current[instance.Number]?.Generation >= instance.Generation))
                _current[instance.Number] = instance;
        }
    }

    public PlacementScene Scene { get; }

    public Service Service { get; }

    public ServiceSpec Spec => Service.Spec;

    /// <summary>For strategies that draw lots.</summary>
    public ulong Seed { get; }

    /// <summary>What one instance of the service reserves.</summary>
    public NodeLoad Need { get; }

    /// <summary>The memory in <see cref="Need"/> is a guess.</summary>
    public bool MemoryIsSeen { get; }

    /// <summary>The ports of its node that one instance holds.</summary>
    public IReadOnlyList<PortMapping> Ports { get; }

    /// <summary>The instance of that number as it is now; parked ones (removed, data kept) too.</summary>
    public Instance? Current(int number) => number < _current.Length ? _current[number] : null;

    /// <summary>Whether any instance of the service now lives on the node.</summary>
    public bool LivesOn(Candidate node)
    {
        _homes ??= [.. _current.Select(instance => HomeOf(instance)?.Index).OfType<int>()];
        return _homes.Contains(node.Index);
    }

    public static bool IsOn(Instance? instance, Candidate node) =>
        instance is not null && instance.Node == node.Name && (instance.NodeId is null || instance.NodeId == node.Node.NodeId);

    /// <summary>Where the instance is now; null when that node is no longer there, or another machine bears its name.</summary>
    public Candidate? HomeOf(Instance? instance) =>
        instance?.Node is { } name && Scene.Find(name) is { } home && IsOn(instance, home) ? home : null;

    /// <summary>How many were chosen for the node in this run.</summary>
    public int CountOn(Candidate node) => _chosen.Count > 0 && _chosen.TryGetValue(node.Index, out var there) ? there.Count : 0;

    /// <summary>The number that was first chosen for the node in this run; only where <see cref="CountOn"/> is not 0.</summary>
    public int FirstOn(Candidate node) => _chosen[node.Index].First;

    /// <summary>The names of those chosen for the node in this run.</summary>
    public IEnumerable<string> NamesOn(Candidate node) => CountOn(node) == 0 ? [] : _chosen[node.Index].Numbers.Select(NameOf);

    /// <summary>The nodes chosen in this run, with how many they were chosen for.</summary>
    public IEnumerable<(Candidate Node, int Count)> Choices => _chosen.Select(one => (Scene.Nodes[one.Key], one.Value.Count));

    /// <summary>What instances of other services reserve on the node, leaving ones too.</summary>
    public NodeLoad LoadOf(Candidate node)
    {
        var load = Scene.On(node).Load;
        return _own.Count > 0 && (_ownLoads ??= OwnLoads()).TryGetValue(node.Index, out var own) ? load - own : load;
    }

    /// <summary>What is left of the node's memory, in bytes; all there can be when its size is not known.</summary>
    public long FreeMemory(Candidate node) =>
        node.Memory <= 0 ? long.MaxValue : node.Memory - LoadOf(node).Memory - (CountOn(node) * Need.Memory);

    /// <summary>What is left of the node's cores, in billionths of one; all there can be when their number is not known.</summary>
    public long FreeNanoCpus(Candidate node) =>
        node.NanoCpus <= 0 ? long.MaxValue : node.NanoCpus - LoadOf(node).NanoCpus - (CountOn(node) * Need.NanoCpus);

    public void Choose(int number, Candidate node)
    {
        ref var there = ref CollectionsMarshal.GetValueRefOrAddDefault(_chosen, node.Index, out _);
        there = there.And(number);
    }

    public string NameOf(int number) => InstanceNames.Container(Service.Stack, Service.Name, number);

    private Dictionary<int, NodeLoad> OwnLoads()
    {
        var loads = new Dictionary<int, NodeLoad>(_own.Count);
        foreach (var instance in _own)
        {
            foreach (var (node, _) in Scene.PlacesOf(instance))
                loads[node.Index] = loads.GetValueOrDefault(node.Index) + Reservation.Of(instance);
        }

        return loads;
    }

    /// <summary>The numbers chosen for a node: nearly always one.</summary>
    private readonly record struct Chosen(int Count, int First, List<int>? More)
    {
        public IEnumerable<int> Numbers => More is null ? [First] : More.Prepend(First);

        public Chosen And(int number)
        {
            if (Count == 0)
                return new Chosen(1, number, null);
            var more = More ?? [];
            more.Add(number);
            return new Chosen(Count + 1, First, more);
        }
    }
}

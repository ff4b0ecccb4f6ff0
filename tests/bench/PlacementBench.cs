using System.Diagnostics;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;
using Kontena.Scheduler.Placement;

namespace Kontena.Bench;

/// <summary>How many instances the scheduler gives a node per second: planning, and moving the scene forward by what was planned. Nothing is
/// stored or sent.</summary>
/// <remarks>Unmeasured rounds run until the code is compiled for speed, as in a scheduler that has been up for a while.</remarks>
internal sealed class PlacementBench(int runs)
{
    /// <summary>SwarmKit's scheduler on another machine of two cores (its own benchmark); told for comparison, not measured here.</summary>
    private static readonly Dictionary<string, double> SwarmKit = new() { ["1000x10000"] = 10_800, ["5000x100000"] = 2_300 };

    /// <summary>Services of at most a thousand instances each.</summary>
    private static int Services(int instances) => Math.Max(100, instances / 1000);

    private const long Giga = 1L << 30;
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public IReadOnlyList<Row> Run()
    {
        WarmUp();
        var rows = new List<Row>();
        foreach (var (nodes, instances, constrained) in new[] { (1000, 1000, false), (1000, 10_000, false), (5000, 100_000, true), (10_000, 1_000_000, false) })
        {
            var name = $"{nodes}x{instances}";
            var before = GC.GetTotalMemory(forceFullCollection: true);
            var full = default(FullGrid)!;
            var seconds = Measure(name, () => full = Fill(nodes, instances, constrained));
            AddRows(rows, name, seconds, instances, Floor(nodes, instances), SwarmKit.TryGetValue(name, out var peer) ? peer : null);
            if (instances < 1_000_000)
                continue;

            var held = GC.GetTotalMemory(forceFullCollection: true) - before;
            rows.Add(new Row($"{name} memory", "MB", held / 1048576d, null, null));
            AddRows(rows, "incremental-10", Measure("incremental-10", () => AddOneOfTen(full)), 10, Floor(nodes, 10), null);
            AddRows(rows, "lost-node-100", Measure("lost-node-100", () => LoseNode(full)), full.On(full.Nodes.Count / 2), Floor(nodes, 100), null);
        }

        return rows;
    }

    private static void WarmUp()
    {
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < 4)
        {
            var small = Fill(500, 2000, constrained: true);
            AddOneOfTen(small);
            LoseNode(small);
            Floor(500, 2000);
        }
    }

    private List<double> Measure(string name, Action round)
    {
        var seconds = new List<double>();
        for (var run = 1; run <= runs; run++)
        {
            GC.Collect();
            var start = Stopwatch.GetTimestamp();
            round();
            seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            Report.Progress(name, run, runs);
        }

        return seconds;
    }

    private static void AddRows(List<Row> rows, string name, List<double> seconds, int placements, double floorSeconds, double? peer)
    {
        var ours = Row.Median(seconds);
        rows.Add(new Row(name, "placements/s", placements / ours, placements / floorSeconds, peer));
        rows.Add(new Row($"{name} each", "ns", ours / placements * 1e9, floorSeconds / placements * 1e9, 1e9 / peer));
        rows.Add(new Row($"{name} whole", "s", ours, floorSeconds, placements / peer));
    }

    /// <summary>The least there is to do: all nodes into a heap once for each service, then for each instance the best one out and in again, and
    /// the choice remembered.</summary>
    private static double Floor(int nodes, int instances)
    {
        var services = Math.Min(Services(instances), instances);
        var start = Stopwatch.GetTimestamp();
        var chosen = new Dictionary<int, int>(instances);
        for (var service = 0; service < services; service++)
        {
            var heap = new PriorityQueue<int, long>(Enumerable.Range(0, nodes).Select(node => (node, (long)node)));
            for (var at = 0; at < instances / services; at++)
            {
                heap.TryDequeue(out var node, out var load);
                heap.Enqueue(node, load + nodes);
                chosen[(service * instances) + at] = node;
            }
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static FullGrid Fill(int nodes, int instances, bool constrained)
    {
        var grid = new FullGrid(nodes);
        for (var number = 0; number < Services(instances); number++)
            grid.Place(NewService(number, instances / Services(instances), constrained));
        return grid;
    }

    private static void AddOneOfTen(FullGrid grid)
    {
        var service = NewService(9999, 10, constrained: false);
        if (PlacementPlanner.Plan(grid.Scene, service, [], Now, PlacementSeed.Of(service)) is not PlacementPlan.Placed)
            throw new InvalidOperationException("the full grid has room for ten more");
    }

    private static void LoseNode(FullGrid grid)
    {
        var lost = $"node-{grid.Nodes.Count / 2}";
        var scene = grid.Scene.Under(
            grid.Nodes,
            name => name == lost ? Online(name) with { State = LivenessState.Offline, LastSeenAt = Now.AddHours(-1), DisconnectedAt = Now.AddHours(-1) } : Online(name),
            []);
        foreach (var (service, own) in grid.Placed)
        {
            if (!own.Exists(one => one.Node == lost))
                continue;
            var plan = (PlacementPlan.Placed)PlacementPlanner.Plan(scene, service, own, Now, PlacementSeed.Of(service));
            scene = scene.After(plan.Assignments.Where(one => !one.Kept).Select(one =>
            {
                var before = own[one.Number - 1];
                return ((Instance?)before, (Instance?)(before with
                {
                    Node = one.Node.Name, NodeId = one.Node.NodeId, Departures = [new Departure(lost, before.NodeId!, 2, Now)],
                }));
            }));
        }
    }

    /// <summary>A third each: of any node, bound to a label that two of three nodes have, publishing a port.</summary>
    private static Service NewService(int number, int instances, bool constrained) => new()
    {
        Grid = "bench", Stack = "stack", Name = $"service-{number}", Uid = $"uid-{number}", State = ServiceState.Running, CreatedAt = Now, UpdatedAt = Now,
        Spec = new ServiceSpec
        {
            Image = "app:1", Instances = instances, Memory = Giga / 8, Cpus = 0.1,
            Affinity = constrained && number % 3 == 0 ? ["label==disk=ssd"] : [],
            Ports = constrained && number % 3 == 1 ? [new PortMapping(8000 + number, 80)] : [],
        },
    };

    private static NodeLiveness Online(string node) => new() { Grid = "bench", Node = node, State = LivenessState.Online, LastSeenAt = Now };

    private sealed class FullGrid
    {
        public FullGrid(int nodes)
        {
            Nodes =
            [
                .. Enumerable.Range(1, nodes).Select(number => new Node
                {
                    Grid = "bench", Name = $"node-{number}", Number = number, NodeId = $"ID{number}", CreatedAt = Now, UpdatedAt = Now,
                    Labels = [$"az=zone-{number % 5}", $"rack=rack-{number % 40}", number % 3 == 0 ? "disk=hdd" : "disk=ssd"],
                    Facts = new NodeFacts { Cpus = 64, MemoryTotal = 64 * Giga },
                }),
            ];
            Scene = new PlacementScene(Nodes, Online, new SceneRules(), []);
        }

        public IReadOnlyList<Node> Nodes { get; }

        public PlacementScene Scene { get; private set; }

        public List<(Service Service, List<Instance> Own)> Placed { get; } = [];

        public int On(int node) => Scene.On($"node-{node}").Count;

        public void Place(Service service)
        {
            if (PlacementPlanner.Plan(Scene, service, [], Now, PlacementSeed.Of(service)) is not PlacementPlan.Placed plan)
                throw new InvalidOperationException($"{service.Name} finds no node");
            var spec = new InstanceSpec
            {
                Name = service.Name, Grid = service.Grid, Stack = service.Stack, Service = service.Name, ServiceUid = service.Uid, Number = 0, Image = "app:1",
                ServiceRevision = 1, DeployRev = "1", Ports = service.Spec.Ports, Memory = service.Spec.Memory, Cpus = service.Spec.Cpus,
            };
            var own = new List<Instance>(plan.Assignments.Count);
            foreach (var one in plan.Assignments)
            {
                own.Add(new Instance
                {
                    Id = service.Uid, Grid = service.Grid, Stack = service.Stack, Service = service.Name, ServiceUid = service.Uid, Number = one.Number,
                    Node = one.Node.Name, NodeId = one.Node.NodeId, Generation = 1, Desired = DesiredState.Running, Spec = spec, CreatedAt = Now, UpdatedAt = Now,
                });
            }

            Scene = Scene.After(own.Select(one => ((Instance?)null, (Instance?)one)));
            Placed.Add((service, own));
        }
    }
}

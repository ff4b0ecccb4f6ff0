using System.Diagnostics;
using System.Globalization;
using Kontena.Contracts.Deploys;
using Kontena.Contracts.Grids;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;
using Kontena.Scheduler.Repair;
using Kontena.Scheduler.Shards;
using Kontena.Scheduler.Snapshots;
using Kontena.State.Documents;

namespace Kontena.Bench;

/// <summary>What a step of a grid costs the scheduler when little has changed: a heartbeat, a report, a sweep over a grid at rest. Deciding alone; nothing is
/// stored or sent.</summary>
internal sealed class StepBench(int runs)
{
    private const string Name = "bench";
    private const int Nodes = 500;
    private const int PerService = 10;
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly GridMemory _memory = new();
    private GridSnapshot _snapshot = null!;
    private DateTimeOffset _now;
    private int _ids;
    private long _sequence;

    public IReadOnlyList<Row> Run()
    {
        var rows = new List<Row>();
        foreach (var instances in new[] { 1000, 10_000 })
        {
            Settle(instances);
            rows.Add(Measure($"{instances} heartbeat", 200, Heartbeat));
            rows.Add(Measure($"{instances} report", 100, Report));
            rows.Add(Measure($"{instances} sweep at rest", 5, () => Apply([new GridInput.Sweep()])));
            rows.Add(Measure($"{instances} sweep after a report", 5, () =>
            {
                Report();
                Apply([new GridInput.Sweep()]);
            }));
        }

        return rows;
    }

    private Row Measure(string name, int times, Action step)
    {
        var milliseconds = new List<double>();
        for (var run = 0; run <= runs; run++)
        {
            var start = Stopwatch.GetTimestamp();
            for (var time = 0; time < times; time++)
                step();
            if (run > 0)
                milliseconds.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds / times);
        }

        Bench.Report.Progress(name, runs, runs);
        return new Row(name, "ms", Row.Median(milliseconds), null, null);
    }

    private void Heartbeat()
    {
        var node = (_ids++ % Nodes) + 1;
        Apply([new GridInput.Heartbeat(new NodeHeartbeat
        {
            Grid = Name, Node = $"node-{node}", NodeId = $"ID{node}", SentAt = _now, FactsHash = "", ObservedDigest = _memory.DigestOf(_snapshot.Observed, $"node-{node}", $"ID{node}"),
        })]);
    }

    private void Report()
    {
        var observed = _snapshot.Observed.ById.First().Value.Value;
        Apply([new GridInput.Report(observed with { Sequence = ++_sequence, Restarts = observed.Restarts + 1 })]);
    }

    // Everything placed, reported and ready.
    private void Settle(int instances)
    {
        _now = Start;
        _snapshot = new GridSnapshot { Name = Name, Epoch = 1, Grid = new Grid { Name = Name, Token = "t", CreatedAt = Start, UpdatedAt = Start } };
        for (var number = 1; number <= Nodes; number++)
        {
            var node = new Node
            {
                Grid = Name, Name = $"node-{number}", Number = number, NodeId = $"ID{number}", Facts = new NodeFacts { Cpus = 64, MemoryTotal = 256L << 30 },
                CreatedAt = Start, UpdatedAt = Start,
            };
            var liveness = new NodeLiveness { Grid = Name, Node = node.Name, State = LivenessState.Online, ConnectedAt = Start.AddDays(-1), LastSeenAt = Start };
            _snapshot = _snapshot with
            {
                Nodes = _snapshot.Nodes.Reread(node.Name, new Versioned<Node>(node, 1)),
                Liveness = _snapshot.Liveness.Reread(node.Name, new Versioned<NodeLiveness>(liveness, 1)),
            };
        }

        for (var number = 0; number < instances / PerService; number++)
        {
            var service = new Service
            {
                Grid = Name, Stack = "shop", Name = string.Create(CultureInfo.InvariantCulture, $"web{number}"), Uid = NewId(), State = ServiceState.Running,
                Spec = new ServiceSpec { Image = "app:1", Instances = PerService, MinHealth = 0 }, CreatedAt = Start, UpdatedAt = Start,
            };
            _snapshot = _snapshot with { Services = _snapshot.Services.Reread(Service.DocumentId("shop", service.Name), new Versioned<Service>(service, 1)) };
        }

        var waiting = Apply([.. _snapshot.Services.Values.Select(one => new GridInput.Deploy(NewId(), new DeployService { Grid = Name, Stack = "shop", Service = one.Name }))]);
        while (waiting.Count > 0)
        {
            _now = _now.AddSeconds(1);
            waiting = Apply([.. waiting.Select(order => new GridInput.Report(new InstanceObserved
            {
                Grid = Name, Node = _snapshot.Instances.Find(order.InstanceId)!.Node!, NodeId = _snapshot.Instances.Find(order.InstanceId)!.NodeId!,
                InstanceId = order.InstanceId, Generation = order.Generation, Sequence = ++_sequence, State = ObservedState.Running, Ready = true,
                DeployRev = order.Spec.DeployRev, ServiceRevision = order.Spec.ServiceRevision,
            }))]);
        }

        if (_snapshot.Observed.ById.Count != instances || _snapshot.ServiceDeploys.Values.Any(one => one.State != DeployState.Success))
            throw new InvalidOperationException($"{_snapshot.Observed.ById.Count} of {instances} are ready");
        _now = _now.AddMinutes(5);
    }

    private IReadOnlyList<ApplyInstance> Apply(IReadOnlyList<GridInput> inputs)
    {
        var draft = new GridDraft(_snapshot);
        GridReconciler.Apply(draft, _snapshot, inputs, _memory, _now, NewId);
        _snapshot = draft.Committed();
        return [.. draft.Outgoing.Select(one => one.Message).OfType<ApplyInstance>()];
    }

    private string NewId() => string.Create(CultureInfo.InvariantCulture, $"{++_ids:x24}");
}

using Kontena.Contracts.Nodes;
using Kontena.Simulation.Tests.ControlPlane;
using Kontena.Simulation.Tests.Nodes;
using Kontena.Simulation.Tests.Time;

namespace Kontena.Simulation.Tests.Workload;

/// <summary>Everything that can go wrong, each with its end.</summary>
internal sealed class Troubles(World world, Client client)
{
    private readonly Dice _dice = world.Dice.Fork();
    private readonly List<Action> _kinds = [];
    private int _round;

    public long Count { get; private set; }

    /// <summary>Some of the kinds for this round: a run that has everything at once finds less than many that have a few things often.</summary>
    public void Choose()
    {
        _round++;
        _kinds.Clear();
        Action[] all =
        [
            Loss, Doubling, Reordering, BrokerOutage, StoreOutage, Conflicts, LostAnswers, LateBatches, KillReplica, KillReplica, PauseReplica, PauseReplica,
            CutReplica, KillAgent, RestartAgent, PauseAgent, CutNode, CutNode, PowerLoss, EngineOutage, CrashContainer, CrashContainer, LoseOrders, RemoveNode,
        ];
        foreach (var kind in all)
        {
            if (_dice.Chance(0.3))
                _kinds.Add(kind);
        }
    }

    public void Act()
    {
        if (_kinds.Count == 0)
            return;
        Count++;
        _dice.Pick(_kinds)();
    }

    /// <summary>Every fault ends: all processes and machines are up, all lines whole, the weather fine.</summary>
    public void End()
    {
        _round++;
        world.Weather.Clear();
        if (!world.Broker.IsUp)
            world.Broker.ComeUp();
        foreach (var replica in world.Replicas)
        {
            replica.Start();
            replica.Bus?.Heal();
        }

        foreach (var machine in world.Machines)
        {
            machine.PowerOn();
            machine.StartAgent();
            machine.Heal();
            machine.EngineAwayUntil = 0;
        }

        Rejoin();
    }

    /// <summary>Machines whose record was removed: who wants one back restarts its agent.</summary>
    public void Rejoin()
    {
        foreach (var machine in world.Machines.Where(one => one.Agent is { IsRefused: true }))
        {
            machine.KillAgent();
            machine.StartAgent();
        }
    }

    private void Loss() => Blow("messages get lost", value => world.Weather.Loss = value, 0.02, 0.2);

    private void Doubling() => Blow("messages come twice", value => world.Weather.Doubling = value, 0.05, 0.5);

    private void Reordering() => Blow("messages pass each other", value => world.Weather.Reordering = value, 0.05, 0.5);

    private void Conflicts() => Blow("commits conflict", value => world.Weather.Conflicts = value, 0.02, 0.4);

    private void LostAnswers() => Blow("answers of the store get lost", value => world.Weather.LostAnswers = value, 0.02, 0.3);

    private void LateBatches() => Blow("commits are applied late", value => world.Weather.LateBatches = value, 0.02, 0.2);

    private void BrokerOutage()
    {
        if (!world.Broker.IsUp)
            return;
        world.Trace.Note(null, "broker is away");
        world.Broker.GoDown();
        Later(_dice.Seconds(1, 90), () =>
        {
            if (!world.Broker.IsUp)
                world.Broker.ComeUp();
        });
    }

    private void StoreOutage()
    {
        world.Trace.Note(null, "store is away");
        world.Weather.IsStoreAway = true;
        Later(_dice.Seconds(0.5, 60), () => world.Weather.IsStoreAway = false);
    }

    private void KillReplica()
    {
        var replica = AnyReplica();
        replica.Kill();
        Later(_dice.Seconds(0.5, 40), replica.Start);
    }

    private void PauseReplica() => AnyReplica().Pause(_dice.Seconds(0.2, 30));

    private void CutReplica()
    {
        var replica = AnyReplica();
        replica.Bus?.Cut();
        Later(_dice.Seconds(1, 60), () => replica.Bus?.Heal());
    }

    private void KillAgent()
    {
        var machine = AnyMachine();
        machine.KillAgent();
        Later(_dice.Seconds(0.2, 30), machine.StartAgent);
    }

    private void RestartAgent()
    {
        var machine = AnyMachine();
        machine.StopAgent();
        Later(_dice.Seconds(1, 30), machine.StartAgent);
    }

    private void PauseAgent()
    {
        var machine = AnyMachine();
        var span = _dice.Seconds(0.2, 30);
        world.Trace.Note(machine.Process, "stands still");
        machine.Process?.Pause(span);
    }

    private void CutNode()
    {
        var machine = AnyMachine();
        machine.Cut();
        Later(_dice.Seconds(1, 200), machine.Heal);
    }

    private void PowerLoss()
    {
        var machine = AnyMachine();
        machine.PowerOff();
        Later(_dice.Seconds(2, 240), machine.PowerOn);
    }

    private void EngineOutage() => AnyMachine().EngineAwayUntil = world.Timeline.Now + _dice.Seconds(1, 40).Ticks;

    private void CrashContainer()
    {
        if (world.Ground.Running.ToList() is not { Count: > 0 } running)
            return;
        var (machine, container) = _dice.Pick(running);
        machine.Crash(container, 1);
    }

    private void LoseOrders()
    {
        var machine = AnyMachine();
        machine.KillAgent();
        machine.LoseOrders();
        Later(_dice.Seconds(1, 20), machine.StartAgent);
    }

    /// <summary>A machine goes and its record is removed; later it may come back as if nothing had been.</summary>
    private void RemoveNode()
    {
        var machine = AnyMachine();
        if (world.State.Nodes.Values.Count(node => node.NodeId is not null) < 3 || Record(machine) is not { } node)
            return;
        machine.PowerOff();
        world.Ground.Disowned(machine.Name);
        client.Process.After(TimeSpan.Zero, () => _ = world.WatchAsync(
            client.Process, client.ManageAsync(new RemoveNode { Grid = World.Grid, Node = node.Name })));
        Later(_dice.Seconds(20, 200), machine.PowerOn);
    }

    private Node? Record(Machine machine) => world.State.Nodes.Values.FirstOrDefault(node => node.NodeId == machine.Id);

    private void Blow(string what, Action<double> set, double least, double most)
    {
        var share = least + ((most - least) * _dice.Below(1000) / 1000d);
        world.Trace.Note(null, what, null, (long)(share * 1000));
        set(share);
        Later(_dice.Seconds(5, 60), () => set(0));
    }

    // Only within its round: when the faults end, all do.
    private void Later(TimeSpan after, Action action)
    {
        var round = _round;
        world.Timeline.After(after, null, () =>
        {
            if (round == _round)
                action();
        });
    }

    private Replica AnyReplica() => _dice.Pick([.. world.Replicas]);

    private Machine AnyMachine() => _dice.Pick([.. world.Machines]);
}

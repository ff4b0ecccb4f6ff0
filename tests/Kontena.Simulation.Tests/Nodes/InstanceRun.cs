using Kontena.Contracts.Instances;
using Kontena.NodeAgent.Instances;
using Kontena.NodeAgent.Instances.Steps;
using Kontena.NodeAgent.Orders;
using Kontena.Simulation.Tests.Time;

namespace Kontena.Simulation.Tests.Nodes;

/// <summary>Looks after one instance as the agent's worker does: plan, act, plan again; one step at a time.</summary>
internal sealed class InstanceRun(World world, Machine machine, Agent agent, string instanceId)
{
    private static readonly TimeSpan EngineAway = TimeSpan.FromSeconds(1);

    private readonly StepEffects _effects = new(world, machine, agent);
    private InstanceMemory _memory = new();
    private ContainerSight? _seen;
    private ContainerSight? _next;
    private bool _stale = true;
    private ObservedState? _phase;
    private DateTimeOffset? _restartSeen;
    private InstanceStep? _step;
    private Action? _underWay;
    private bool _dirty;
    private bool _kicked;
    private int _turn;

    public string InstanceId => instanceId;

    public bool MayRetire => _step is null && !_kicked && !_stale && _seen is null && _next is null && agent.Find(instanceId) is null or { Done: true };

    /// <summary>An order came, or something else that makes a new plan worth while.</summary>
    public void Poke()
    {
        if (_step is { } step)
        {
            _dirty = true;
            if (step.Interruptible)
                Interrupt();
            return;
        }

        if (_kicked)
            return;
        _kicked = true;
        agent.Process.After(TimeSpan.FromMicroseconds(200), Pass);
    }

    public void OnEvent()
    {
        _stale = true;
        Poke();
    }

    public void OnListed()
    {
        if (_step is not null)
            return;
        var (seen, next) = Look();
        if (!IsSame(seen, _seen) || !IsSame(next, _next))
            _stale = true;
        Poke();
    }

    /// <summary>The process dies in the middle of a step: its engine call is carried out or not.</summary>
    public void Abandon(Dice dice)
    {
        if (_underWay is { } call && dice.Chance(0.5) && !machine.IsEngineAway)
            call();
        _underWay = null;
    }

    private void Interrupt()
    {
        _turn++;
        (_step, _underWay) = (null, null);
        _phase = null;
        Poke();
    }

    private void Pass()
    {
        (_kicked, _dirty) = (false, false);
        var order = Known();
        Renew(order);
        if (_stale)
        {
            if (machine.IsEngineAway)
            {
                LookAgainAt(machine.Now + EngineAway);
                return;
            }

            (_seen, _next) = Look();
            _stale = false;
        }

        if (agent.Board.Find(instanceId) is not { } told || (told.Generation != order?.Generation && _seen is not { Running: true }))
            Report();
        var plan = StartFirst.Plan(order, _seen, _next, _memory, machine.Now);
        if (plan.Steps.Count > 0)
        {
            if (plan.IsQuiet)
                _phase = null;
            Carry(plan, 0, order!);
            return;
        }

        _phase = null;
        Report();
        agent.RunDone(this);
        LookAgainAt(plan.LookAgainAt);
    }

    private void Carry(InstancePlan plan, int at, InstanceOrder order)
    {
        var step = plan.Steps[at];
        if ((step is PullImage ? ObservedState.Pulling : step.Phase) is { } phase && phase != _phase && !plan.IsQuiet)
        {
            _phase = phase;
            Report();
        }

        var turn = ++_turn;
        _step = step;
        var context = new StepState { Order = order, Seen = plan.OnSuccessor ? _next : _seen, Memory = _memory, Stale = _stale };
        if (StepEffects.IsEngineCall(step))
            _underWay = () => _effects.Carry(step, context);
        agent.Process.After(_effects.Duration(step, context), () =>
        {
            if (turn != _turn)
                return;
            (_step, _underWay) = (null, null);
            Finish(plan, at, order, step, context);
        });
    }

    private void Finish(InstancePlan plan, int at, InstanceOrder order, InstanceStep step, StepState context)
    {
        var goOn = true;
        if (StepEffects.IsEngineCall(step) && machine.IsEngineAway)
        {
            context.Memory = context.Memory with { RetryAt = machine.Now + EngineAway };
            (context.Stale, goOn) = (true, false);
        }
        else
        {
            goOn = _effects.Carry(step, context);
        }

        if (plan.OnSuccessor)
            _next = context.Seen;
        else
            _seen = context.Seen;
        (_memory, _stale) = (context.Memory, context.Stale);
        if (_seen is null)
            (_seen, _next) = (_next, null);
        if (goOn && step is StartContainer or RestartContainer or AwaitReady or NoteExit or NoteEnd or NoteFailedSuccessor)
        {
            _phase = null;
            Report();
        }

        if (goOn && at + 1 < plan.Steps.Count && !(_dirty && plan.Steps[at + 1].Interruptible))
        {
            Carry(plan, at + 1, order);
            return;
        }

        _phase = null;
        _kicked = true;
        agent.Process.After(TimeSpan.FromMicroseconds(200), Pass);
    }

    private InstanceOrder? Known() => agent.Find(instanceId) is { } order && world.Mutant == Mutant.AgentKnowsNoRuns && order.Spec is { RunOnce: not null } spec
        ? order with { Spec = spec with { RunOnce = null } }
        : agent.Find(instanceId);

    private (ContainerSight? Seen, ContainerSight? Next) Look()
    {
        var order = agent.Find(instanceId);
        var seen = machine.Engine.Look(instanceId, _seen?.Id, order?.Name);
        var next = order is null ? null : machine.Engine.OfName(instanceId, SuccessorName.Of(order.Name));
        return (seen?.Sight(), next is null || next.Id == seen?.Id ? null : next.Sight());
    }

    private static bool IsSame(ContainerSight? one, ContainerSight? other) => one?.Id == other?.Id && one?.State == other?.State;

    private void Renew(InstanceOrder? order)
    {
        if (order is null)
            return;
        if (_memory.Generation != order.Generation)
        {
            _memory = new InstanceMemory
            {
                Generation = order.Generation, Image = _memory.Image, Ready = _memory.Ready, Served = _memory.Served, NotedExit = _memory.NotedExit,
            };
        }

        if (order.RestartRequestedAt == _restartSeen)
            return;
        _restartSeen = order.RestartRequestedAt;
        _memory = _memory with { RetryAt = null };
    }

    private void Report()
    {
        if (agent.Joined is not { } joined)
            return;
        var order = agent.Find(instanceId);
        if (order is null && _seen is null && agent.Board.Find(instanceId) is null)
            return;
        if (order is not null && order.Generation != _memory.Generation)
            return;
        var told = _seen is null || StartFirst.HasTakenOver(order, _next, _memory) ? _next ?? _seen : _seen;
        agent.Board.Set(InstanceObservation.Of(instanceId, machine.Id, joined, order, told, _memory, _phase, machine.Now));
    }

    private void LookAgainAt(DateTimeOffset? when)
    {
        if (when is not { } at)
            return;
        var turn = _turn;
        var left = at - machine.Now;
        agent.Process.After(left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1), () =>
        {
            if (turn == _turn)
                Poke();
        });
    }
}

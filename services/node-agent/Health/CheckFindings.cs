using Kontena.Contracts.Instances;
using Kontena.NodeAgent.Instances;
using Kontena.NodeAgent.Orders;

namespace Kontena.NodeAgent.Health;

/// <summary>The last words of an instance's two checks. They come while a step may be under way that writes the notes, and wait here until the next plan.</summary>
internal sealed class CheckFindings
{
    private volatile CheckFinding? _health;
    private volatile CheckFinding? _readiness;

    /// <summary>Whether a plan may follow from it. By one caller at a time.</summary>
    public bool Take(CheckFinding finding, bool isReadiness)
    {
        var before = isReadiness ? _readiness : _health;
        if (isReadiness)
            _readiness = finding;
        else
            _health = finding;
        return before?.Start != finding.Start || before.Ready != finding.Ready || before.Failing != finding.Failing || before.Exhausted != finding.Exhausted;
    }

    /// <summary>The notes with these findings.</summary>
    public InstanceMemory Into(InstanceMemory memory) => memory with { HealthFinding = _health, ReadinessFinding = _readiness };

    /// <summary>The notes after a look: a container that serves has got over whatever was wrong. Pure.</summary>
    public static InstanceMemory Settle(InstanceMemory memory, InstanceOrder? order, ContainerSight? seen)
    {
        if (order is not { Desired: DesiredState.Running, Spec: { } spec } || seen is null || !InstanceReconciler.IsCurrent(order, seen, memory)
            || !Readiness.Serves(spec, seen, memory))
        {
            return memory;
        }

        var start = Start.Of(seen);
        if (memory.Served != start)
            memory = memory with { Served = start };
        // Without a check it was ready at once, and an error is that of a step that failed since.
        if (!Readiness.IsChecked(spec, seen))
            return memory;
        if (memory.NotedExit == start)
            return memory with { NotedExit = null, RetryAt = null, Error = null, FailuresInARow = 0 };
        return memory is { Error: not null, FailuresInARow: 0 } ? memory with { Error = null } : memory;
    }
}

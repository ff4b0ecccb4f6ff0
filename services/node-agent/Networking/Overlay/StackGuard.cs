using Kontena.Contracts.Instances;
using Kontena.NodeAgent.Instances;
using Kontena.NodeAgent.Names;
using Kontena.NodeAgent.Orders;
using Kontena.NodeAgent.Registration;

namespace Kontena.NodeAgent.Networking.Overlay;

/// <summary>Notices when who may reach this node's containers is to be another: by its own orders and by the addresses that the grid's names tell of.</summary>
internal sealed class StackGuard
{
    /// <summary>For instances that can't be looked at: those are guarded as they were last told of.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(50);

    private readonly Signal _changed = new();
    private readonly NamesBoard _names;
    private readonly OrderBook _orders;
    private readonly AgentIdentity _identity;
    private readonly InstanceSupervisor _supervisor;
    private readonly TimeProvider _time;

    public StackGuard(NamesBoard names, OrderBook orders, AgentIdentity identity, InstanceSupervisor supervisor, TimeProvider time)
    {
        (_names, _orders, _identity, _supervisor, _time) = (names, orders, identity, supervisor, time);
        orders.Changed += _ => _changed.Set();
        names.Changed += _changed.Set;
    }

    /// <summary>Instances of private stacks are to run here, or still do: one that is to go runs until its hooks and its grace are over.</summary>
    public bool IsExpected => _orders.All.Any(order => order is { Desired: not DesiredState.Removed, Spec.Private: true })
        || (_identity.NodeId is { } node && _names.Rows().Any(row => row.Private && row.NodeId == node));

    /// <summary>As it is now; null when nothing needs to be kept from anybody. Already when the order has come: the container that follows is known by its address only once it runs.</summary>
    public StackIsolation? Current => _identity.NodeId is { } node && IsExpected ? StackIsolation.Of(_names.Rows(), node) : null;

    /// <summary>Until it is known who this node is and, where it matters, what runs on it. A plan from before would open a private stack, or close it to its own; the rules that the
    /// last run left are nearer to the truth.</summary>
    public async Task SettledAsync(CancellationToken cancellationToken)
    {
        await _identity.WaitAsync(cancellationToken);
        for (var began = _time.GetTimestamp(); IsExpected && !_supervisor.HasToldAll && _time.GetElapsedTime(began) < Patience;)
            await Task.Delay(Glance, _time, cancellationToken);
    }

    /// <summary>Until there may be something else, now or since the last call. For one reader.</summary>
    public Task ChangedAsync(CancellationToken cancellationToken) => _changed.WaitAsync(cancellationToken);
}

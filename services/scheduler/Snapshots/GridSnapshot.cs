using Kontena.Contracts.Deploys;
using Kontena.Contracts.Grids;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Jobs;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;
using Kontena.Contracts.Stacks;
using Kontena.Contracts.Volumes;
using Kontena.State;

namespace Kontena.Scheduler.Snapshots;

/// <summary>One grid as the scheduler knows it: what others want, what it decided itself, what nodes reported. Immutable; moved forward
/// by commits and re-reads.</summary>
internal sealed record GridSnapshot
{
    private GridIndex? _index;
    private OpenOrders? _openOrders;

    public required string Name { get; init; }

    /// <summary>The version of the epoch document this scheduler took; every commit expects it (design §5).</summary>
    public long Epoch { get; init; }

    public Grid? Grid { get; init; }

    // Written by grid-manager.
    public DocumentTable<Node> Nodes { get; init; } = new(StateKeys.Node);
    public DocumentTable<NodeLiveness> Liveness { get; init; } = new(StateKeys.NodeLiveness);
    public DocumentTable<Stack> Stacks { get; init; } = new(StateKeys.Stack);
    public DocumentTable<Service> Services { get; init; } = new(StateKeys.Service);
    public DocumentTable<Volume> Volumes { get; init; } = new(StateKeys.Volume);

    // Written by the scheduler.
    public DocumentTable<Instance> Instances { get; init; } = new(StateKeys.Instance);
    public DocumentTable<InstanceObserved> Observed { get; init; } = new(StateKeys.Observed);
    public DocumentTable<VolumeInstance> VolumeInstances { get; init; } = new(StateKeys.VolumeInstance);
    public DocumentTable<ServiceDeploy> ServiceDeploys { get; init; } = new(StateKeys.ServiceDeploy);
    public DocumentTable<StackDeploy> StackDeploys { get; init; } = new(StateKeys.StackDeploy);
    public DocumentTable<NodeDrain> Drains { get; init; } = new(StateKeys.NodeDrain);
    public DocumentTable<ServiceRun> Runs { get; init; } = new(StateKeys.ServiceRun);
    public DocumentTable<ScheduleState> Schedules { get; init; } = new(StateKeys.ScheduleState);

    /// <summary>Null when the services have not been looked at since this was read.</summary>
    public Upkept? Upkept { get; init; }

    /// <summary>Orders that wait for their answer, brought up to the tables like <see cref="Index"/>.</summary>
    public OpenOrders OpenOrders
    {
        get => _openOrders = OpenOrders.Of(Instances, Observed, _openOrders);
        init => _openOrders = value;
    }

    /// <summary>What is asked of the instances again and again. <c>with</c> takes the one of the earlier state along, and here it is brought up to
    /// the tables of this one.</summary>
    public GridIndex Index
    {
        get => _index = GridIndex.Of(this, _index);
        init => _index = value;
    }
}

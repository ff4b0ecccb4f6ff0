using Kontena.Contracts.Deploys;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Jobs;
using Kontena.Contracts.Services;
using Kontena.Contracts.Volumes;
using Kontena.Scheduler.Deploys;

namespace Kontena.Scheduler.Snapshots;

/// <summary>What the scheduler asks of a grid again and again, so that a step costs what has changed and not what is there.</summary>
internal static class Groupings
{
    /// <summary>The key of those that have only one group.</summary>
    public const string All = "";

    /// <summary>Instances that a node has not yet let go of.</summary>
    public static readonly Grouping<Instance> Leaving = new(one => one.Departures.Count > 0 ? All : null);

    /// <summary>By <see cref="Machine"/>: where they are meant to be.</summary>
    public static readonly Grouping<Instance> OnMachine = new(one => one is { Node: { } node, NodeId: { } id } ? Machine(node, id) : null);

    /// <summary>By <see cref="Machine"/>: who said so.</summary>
    public static readonly Grouping<InstanceObserved> SaidBy = new(one => Machine(one.Node, one.NodeId));

    /// <summary>By the service's document id.</summary>
    public static readonly Grouping<ServiceDeploy> OfService = new(one => Service.DocumentId(one.Stack, one.Service));

    public static readonly Grouping<ServiceDeploy> OpenDeploys = new(one => DeployQueue.IsFinished(one.State) ? null : All);

    public static readonly Grouping<StackDeploy> OpenStackDeploys = new(one => DeployQueue.IsFinished(one.State) ? null : All);

    public static readonly Grouping<Service> RemovedServices = new(one => one.RemovedAt is null ? null : All);

    public static readonly Grouping<Service> ScheduledServices = new(one => one is { Spec.Schedule: not null, RemovedAt: null } ? All : null);

    /// <summary>Those with which something is still to be done.</summary>
    public static readonly Grouping<ServiceRun> OpenRuns = new(one => ServiceRun.IsEnded(one.State) && (one.Keep || one.Instance?.Node is null) ? null : All);

    /// <summary>Those that hold something of a node. Ended ones that are merely kept hold nothing but disk.</summary>
    public static readonly Grouping<ServiceRun> RunsOnNodes = new(one => one.Instance is null || (one.Keep && ServiceRun.IsEnded(one.State)) ? null : All);

    /// <summary>By the service's uid.</summary>
    public static readonly Grouping<ServiceRun> RunsOfService = new(one => one.ServiceUid);

    public static readonly Grouping<Volume> RemovedVolumes = new(one => one.RemovedAt is null ? null : All);

    /// <summary>A machine under a name: another may have had the name before.</summary>
    public static string Machine(string node, string nodeId) => $"{node}\n{nodeId}";
}

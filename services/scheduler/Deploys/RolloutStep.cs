using Kontena.Contracts.Deploys;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Jobs;
using Kontena.Contracts.Services;
using Kontena.Scheduler.Placement;

namespace Kontena.Scheduler.Deploys;

/// <summary>What the rollout planner looks at.</summary>
internal sealed record RolloutView
{
    public required ServiceDeploy Deploy { get; init; }

    /// <summary>Null when the service is gone.</summary>
    public required Service? Service { get; init; }

    /// <summary>All instances of the service, parked and leaving ones too.</summary>
    public required IReadOnlyList<Instance> Own { get; init; }
    public required Func<Instance, InstanceObserved?> ObservedOf { get; init; }
    public required PlacementScene Scene { get; init; }

    /// <summary>What the deploy has begun, of a service that is run by its deploys.</summary>
    public ServiceRun? Run { get; init; }

    /// <summary>When the node last reported a change of the instance; null when not since this scheduler started.</summary>
    public required Func<string, DateTimeOffset?> HeardOf { get; init; }
    public required DateTimeOffset Now { get; init; }
}

/// <summary>The next step of a deploy.</summary>
internal sealed record RolloutStep
{
    public required IReadOnlyList<InstanceDeploy> Instances { get; init; }

    /// <summary>Wanted number of instances, as far as known.</summary>
    public int Count { get; init; }

    /// <summary>Instances to be ordered now.</summary>
    public IReadOnlyList<Assignment> Begin { get; init; } = [];

    /// <summary>Instances beyond the wanted number, to be taken down.</summary>
    public IReadOnlyList<Instance> Surplus { get; init; } = [];

    /// <summary>The instance that leaves its node, to be ordered once it is gone from there.</summary>
    public Instance? Vacate { get; init; }

    /// <summary>The run of the deploy as it is to be from now on; null: as it is.</summary>
    public ServiceRun? Run { get; init; }

    /// <summary>What has to pass by itself before it can go on; the deploy's reason meanwhile.</summary>
    public string? Waiting { get; init; }

    /// <summary>Not null: the deploy is over.</summary>
    public RolloutEnd? End { get; init; }
}

/// <param name="Reason">Null on success.</param>
/// <param name="Unplaceable">It ended because no node was found.</param>
internal sealed record RolloutEnd(DeployState State, string? Reason = null, bool Unplaceable = false);

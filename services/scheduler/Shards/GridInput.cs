using Kontena.Contracts.Deploys;
using Kontena.Contracts.Grids;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Jobs;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Volumes;

namespace Kontena.Scheduler.Shards;

/// <summary>What arrives for a grid.</summary>
internal abstract record GridInput
{
    private GridInput()
    {
    }

    /// <summary>Somebody waits for its answer.</summary>
    public bool IsCommand => this is Deploy or DeployAll or Cancel or CancelAll or Rebalance or Restart or Release or Start or Stop;

    /// <param name="Id">Of the deploy that will exist: given on arrival, so that doing it again after a lost answer does not do it
    /// twice.</param>
    public sealed record Deploy(string Id, DeployService Command) : GridInput;

    /// <inheritdoc cref="Deploy"/>
    public sealed record DeployAll(string Id, DeployStack Command) : GridInput;

    public sealed record Cancel(CancelDeploy Command) : GridInput;

    public sealed record CancelAll(CancelStackDeploy Command) : GridInput;

    public sealed record Rebalance(RebalanceGrid Command) : GridInput;

    public sealed record Restart(RestartService Command) : GridInput;

    public sealed record Release(ReleaseInstance Command) : GridInput;

    /// <param name="Id">Of the run that will exist, as for <see cref="Deploy"/>.</param>
    public sealed record Start(string Id, StartRun Command) : GridInput;

    public sealed record Stop(StopRun Command) : GridInput;

    public sealed record FactChanged(GridFactChanged Fact) : GridInput;

    public sealed record Report(InstanceObserved Observed) : GridInput;

    public sealed record VolumeReport(VolumeObserved Observed) : GridInput;

    public sealed record Synced(NodeSynced Node) : GridInput;

    public sealed record Heartbeat(NodeHeartbeat Beat) : GridInput;

    public sealed record Sweep : GridInput
    {
        /// <summary>Another one was answered a moment ago; deadlines are looked at, nothing else.</summary>
        public bool IsEarly { get; init; }
    }
}

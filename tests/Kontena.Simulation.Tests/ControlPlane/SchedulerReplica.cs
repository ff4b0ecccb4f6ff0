using Kontena.Contracts.Commands;
using Kontena.Contracts.Deploys;
using Kontena.Contracts.Grids;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Jobs;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Nodes;
using Kontena.Scheduler.Shards;
using Kontena.Scheduler.Snapshots;
using Kontena.Simulation.Tests.Platform;
using Kontena.Simulation.Tests.Time;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kontena.Simulation.Tests.ControlPlane;

/// <summary>A scheduler: the real loop of the grid, over its snapshots and commits; its consumers and timer as <c>Shards/</c> has them.</summary>
internal sealed class SchedulerReplica(World world, string name, int mark) : Replica(world, name, mark)
{
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(2);
    private const int Prefetch = 256;

    protected override void Run(SimProcess process, StoreConnection store, BusLink bus)
    {
        var snapshots = new GridSnapshots(store, process.Clock);
        var loop = new GridLoop(World.Grid, snapshots, store, process.Clock, NullLogger.Instance, process.NewId);
        _ = World.WatchAsync(process, loop.RunAsync(CancellationToken.None));

        var shard = Queues.ShardOf(World.Grid);
        bus.Read(Queues.SchedulerShard(shard), Prefetch, isExclusive: true, letter => TakeAsync(process, loop, letter));
        process.Every(World.Dice.Seconds(0, 2), SweepEvery, () => World.Broker.Publish(
            bus, Destination.Queue(Queues.SchedulerShard(shard)), new SweepShard { Shard = shard }, static _ => { }));
    }

    private static async Task TakeAsync(SimProcess process, GridLoop loop, Letter letter)
    {
        GridInput? input = letter.Message switch
        {
            DeployService command => new GridInput.Deploy(process.NewId(), command),
            DeployStack command => new GridInput.DeployAll(process.NewId(), command),
            CancelDeploy command => new GridInput.Cancel(command),
            RebalanceGrid command => new GridInput.Rebalance(command),
            RestartService command => new GridInput.Restart(command),
            ReleaseInstance command => new GridInput.Release(command),
            StartRun command => new GridInput.Start(process.NewId(), command),
            StopRun command => new GridInput.Stop(command),
            InstanceObserved report => new GridInput.Report(report),
            NodeSynced synced => new GridInput.Synced(synced),
            NodeHeartbeat beat => new GridInput.Heartbeat(beat),
            GridFactChanged fact => new GridInput.FactChanged(fact),
            SweepShard => new GridInput.Sweep(),
            _ => null,
        };
        if (input is null)
            return;
        try
        {
            var answer = await loop.PostAsync(input, CancellationToken.None);
            letter.Reply?.Invoke(answer ?? CommandResult.Done());
        }
        catch (EpochLostException) when (input is GridInput.Sweep)
        {
        }
        catch (EpochLostException)
        {
            throw new GivenBackException();
        }
    }
}

using Kontena.Contracts.Commands;
using Kontena.Contracts.Deploys;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Jobs;
using Kontena.Contracts.Placement;
using Kontena.Contracts.Services;
using Kontena.Scheduler.Explaining;
using Kontena.Scheduler.Jobs;
using Kontena.Scheduler.Repair;
using Kontena.Scheduler.Shards;
using Kontena.Scheduler.Snapshots;
using Kontena.Scheduler.Tests.World;
using Kontena.State;
using Kontena.State.Documents;

namespace Kontena.Scheduler.Tests.Jobs;

/// <summary>Services that are run by a schedule, on a whole grid.</summary>
public class ScheduleTests
{
    private static Service Job(string concurrency = "forbid", string cron = "*/5 * * * *", int history = 10) => Some.Service("job", Some.Spec() with
    {
        Schedule = new ScheduleSpec { Cron = cron, Concurrency = concurrency, History = history },
    });

    private static GridWorld World(Service job, int seconds = 20, int nodes = 2)
    {
        var world = new GridWorld(nodes);
        foreach (var node in world.Nodes)
            node.Ends = _ => (0, seconds);
        world.Put(Some.Stack());
        world.Put(job);
        return world;
    }

    private static List<ServiceRun> Runs(GridWorld world) => [.. world.Snapshot.Runs.Values.OrderBy(run => run.CreatedAt).ThenBy(run => run.Tick)];

    private static CommandResult RunNow(GridWorld world) =>
        world.Apply(new GridInput.Start(world.NewId(), new StartRun { Grid = "test-grid", Stack = "shop", Service = "job", AsScheduled = true }))[0]!;

    [Fact]
    public void It_has_no_instances_and_its_deploy_ends_at_once()
    {
        var world = World(Job());

        var deploy = world.Finish(world.Deploy("job"));
        world.Run(60);

        Assert.Equal((DeployState.Success, 0), (deploy.State, deploy.InstanceCount));
        Assert.Empty(world.Instances);
        Assert.Single(world.Snapshot.ServiceDeploys.Values);
    }

    [Fact]
    public void A_service_that_gets_a_schedule_loses_its_instances()
    {
        var world = World(Job() with { Spec = Some.Spec(2) });
        world.Finish(world.Deploy("job"));
        Assert.Equal(2, world.Instances.Count);

        world.Change("job", _ => Job() with { Revision = 2 });
        world.Until(() => world.Instances.Count == 0, "they are gone", 60);
    }

    [Fact]
    public void Each_tick_has_one_run_and_the_newest_are_remembered()
    {
        var world = World(Job(history: 3));

        world.Run(3660);

        Assert.Equal(12, world.Nodes.Sum(node => node.Begun.Count));
        Assert.Equal(3, Runs(world).Count(run => run.State == RunState.Succeeded));
        Assert.All(world.Nodes, node => Assert.Empty(node.Containers));
        Assert.Equal(world.Snapshot.Schedules.Find("uid-shop-job")!.NextTick, Runs(world)[^1].Tick!.Value.AddMinutes(5));
    }

    [Fact]
    public void The_newest_run_that_began_is_noted_whoever_asked_for_it()
    {
        var world = World(Job(), seconds: 400);
        string? Noted() => world.Snapshot.Schedules.Find("uid-shop-job")?.LastRun;
        world.Until(() => Runs(world).Count == 1, "a tick", 400);
        Assert.Equal(Runs(world)[0].Id, Noted());

        world.Until(() => Runs(world).Count == 2, "a tick that is skipped", 400);
        Assert.Equal(Runs(world)[0].Id, Noted());
        world.Run(120);
        Assert.Equal(CommandOutcome.Done, RunNow(world).Outcome);
        Assert.Equal(Runs(world)[^1].Id, Noted());

        // As a version that did not note it leaves it behind; a tick that was skipped since began nothing.
        var begun = Runs(world)[^1].Id;
        world.Until(() => Runs(world)[^1].State == RunState.Skipped, "another tick that is skipped", 400);
        var state = world.Snapshot.Schedules.Find("uid-shop-job")!;
        world.Snapshot = world.Snapshot with { Schedules = world.Snapshot.Schedules.Reread("uid-shop-job", new Versioned<ScheduleState>(state with { LastRun = null }, 99)) };
        world.Until(() => Noted() == begun, "it is looked up", 15);
    }

    [Fact]
    public void With_forbid_a_long_run_has_ticks_skipped_and_with_replace_it_is_stopped_before_the_next_begins()
    {
        var forbid = World(Job(), seconds: 500);
        forbid.Run(1200);
        Assert.Contains(Runs(forbid), run => run.State == RunState.Skipped && run.Reason!.EndsWith("concurrency is forbid", StringComparison.Ordinal));
        Assert.Contains(Runs(forbid), run => run.State == RunState.Succeeded);

        var replace = World(Job("replace"), seconds: 5000);
        var most = 0;
        replace.Laws.Add(() => most = Math.Max(most, replace.Nodes.Sum(node => node.Containers.Count(one => one.ExitCode is null && one.StartedAt is not null))));
        replace.Run(1200);
        Assert.Equal(1, most);
        var stopped = Runs(replace).First(run => run.State == RunState.Stopped);
        Assert.Contains("which replaces it", stopped.Reason, StringComparison.Ordinal);
        Assert.Contains(Runs(replace), run => run.State == RunState.Running);
    }

    [Fact]
    public void A_stop_pauses_and_a_start_goes_on_with_the_next_time()
    {
        var world = World(Job());
        world.Change("job", service => service with { State = ServiceState.Stopped });
        world.Run(1200);
        Assert.Empty(Runs(world));

        world.Change("job", service => service with { State = ServiceState.Running });
        world.Run(301);
        Assert.Single(Runs(world));
    }

    [Fact]
    public void Run_now_keeps_to_the_policy()
    {
        var world = World(Job(cron: "0 3 * * *"), seconds: 100);

        Assert.Equal(CommandOutcome.Done, RunNow(world).Outcome);
        Assert.Contains("concurrency is forbid", RunNow(world).Errors[0].Message, StringComparison.Ordinal);
        Assert.EndsWith($"kontena service run-stop {Runs(world)[0].Stack}/job {Runs(world)[0].Id}", RunNow(world).Errors[0].Message, StringComparison.Ordinal);
        world.Run(120);
        Assert.Equal((RunCause.RunNow, RunState.Succeeded), (Runs(world)[0].Cause, Runs(world)[0].State));
        Assert.Equal(CommandOutcome.Done, RunNow(world).Outcome);

        world.Change("job", service => Job("replace", "0 3 * * *") with { Revision = service.Revision });
        Assert.Equal(CommandOutcome.Done, RunNow(world).Outcome);
        Assert.Equal([RunState.Waiting, RunState.Starting, RunState.Succeeded], Runs(world).Select(run => run.State).Order());
        world.Run(30);
        Assert.Single(Runs(world), run => run.State is RunState.Running or RunState.Starting);
    }

    [Fact]
    public void A_tick_whose_node_cannot_start_it_at_first_is_tried_again_for_ten_minutes()
    {
        var flaky = World(Job(cron: "@hourly") with { Spec = Job(cron: "@hourly").Spec with { Image = "flaky:1" } });
        flaky.Until(() => Runs(flaky) is [{ Reason: not null }], "it can't be started", 4000);
        Assert.Equal(RunState.Starting, Runs(flaky)[0].State);
        Assert.Contains("503", Runs(flaky)[0].Reason, StringComparison.Ordinal);
        flaky.Run(180);
        Assert.Equal((RunState.Succeeded, null), (Runs(flaky)[0].State, Runs(flaky)[0].Reason));

        var bad = World(Job(cron: "@hourly") with { Spec = Job(cron: "@hourly").Spec with { Image = "bad:1" } });
        bad.Until(() => Runs(bad) is [{ State: RunState.Failed }], "it is given up", 5000);
        Assert.InRange(Runs(bad)[0].FinishedAt!.Value - Runs(bad)[0].CreatedAt, TimeSpan.FromSeconds(600), TimeSpan.FromSeconds(620));
        Assert.Contains("boom", Runs(bad)[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tick_waits_for_a_node_until_its_deadline()
    {
        var world = World(Job() with { Spec = Job().Spec with { Affinity = ["node==node-9"], Schedule = Job().Spec.Schedule! with { StartingDeadline = 60 } } });

        world.Until(() => Runs(world).Count > 0, "a tick", 400);
        Assert.Equal(RunState.Waiting, Runs(world)[0].State);
        Assert.StartsWith("waits for a node: ", Runs(world)[0].Reason, StringComparison.Ordinal);
        world.Run(70);
        Assert.Equal(RunState.Failed, Runs(world)[0].State);
    }

    [Fact]
    public void What_waits_for_a_node_is_placed_every_two_seconds_however_many_steps_there_are()
    {
        var world = World(Job() with { Spec = Job().Spec with { Affinity = ["label==ssd"] } });
        world.Until(() => Runs(world).Count > 0, "a tick", 400);

        world.Put(Some.Node(1) with { Labels = ["ssd"] });
        world.Apply(new GridInput.Sweep());
        Assert.Equal(RunState.Waiting, Runs(world)[0].State);
        world.Run(3);
        Assert.NotEqual(RunState.Waiting, Runs(world)[0].State);
    }

    [Fact]
    public void Explain_tells_where_a_run_would_go()
    {
        var world = World(Job());

        var told = ServiceExplainer.Explain(world.Snapshot, new ExplainPlacement { Grid = "test-grid", Stack = "shop", Service = "job" }, world.Now);

        Assert.Equal((1, 1, "node-1"), (told.Wanted, told.Placed, told.Instances[0].Node));
    }

    [Fact]
    public void A_removed_service_leaves_no_schedule_and_no_runs()
    {
        var world = World(Job());
        world.Run(400);
        var job = world.Change("job", service => service with { RemovedAt = world.Now });
        world.Run(60);
        world.Forget(job);
        world.Run(15);

        Assert.Empty(Runs(world));
        Assert.Empty(world.Snapshot.Schedules.Values);
    }

    /// <summary>Two schedulers each believe to run the grid and see the same tick; the store lets one of them start it.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Law_of_two_schedulers_at_one_tick_one_run_begins(int seed)
    {
        var random = new Random(seed);
        var latest = World(Job("allow", "* * * * *", history: 5)).Snapshot with { Epoch = 8 };
        var snapshots = new[] { latest with { Epoch = 7 }, latest };
        var now = Some.Start.AddHours(1);
        var stored = new Dictionary<string, long>();
        var begun = new List<string>();
        var refused = 0;
        for (var step = 0; step < 1000; step++)
        {
            now = now.AddSeconds(random.Next(1, 30));
            // Either of them, with a clock of its own; now and then the other takes the grid over and reads what is stored.
            var who = random.Next(2);
            if (random.Next(15) == 0)
                latest = snapshots[who] = latest with { Epoch = latest.Epoch + 1 };

            var draft = new GridDraft(snapshots[who]);
            var reports = latest.Runs.Values.Where(run => run.Instance is not null).Select(run => (GridInput)new GridInput.Report(Ended(run, step, now)));
            GridReconciler.Apply(draft, snapshots[who], [.. reports, new GridInput.Sweep()], new GridMemory(), now.AddSeconds(random.Next(-5, 5)), () => $"{step:x24}");
            if (draft.IsEmpty)
                continue;
            var batch = draft.ToBatch();
            // What the store does: all expected versions hold, or nothing is written.
            var holds = batch.Checks.All(check => check.Key.Kind != StateKeys.SchedulerEpoch.Name || check.Expected == latest.Epoch)
                && batch.Puts.All(put => put.Expected == CommitBatch.AnyVersion || put.Expected == stored.GetValueOrDefault($"{put.Key}"));
            if (!holds)
            {
                refused++;
                continue;
            }

            begun.AddRange(draft.Runs.Journal.Where(change => change.Before?.State != RunState.Starting && change.After?.State == RunState.Starting).Select(change => change.After!.Id));
            foreach (var put in batch.Puts)
                stored[$"{put.Key}"] = stored.GetValueOrDefault($"{put.Key}") + 1;
            foreach (var gone in batch.Deletes)
                stored.Remove($"{gone.Key}");
            latest = snapshots[who] = draft.Committed();
        }

        Assert.True(begun.Count > 100 && refused > 100, $"{begun.Count} begun, {refused} commits refused");
        Assert.Equal(begun.Count, begun.Distinct().Count());
    }

    private static InstanceObserved Ended(ServiceRun run, int step, DateTimeOffset now) => new()
    {
        Grid = "test-grid", Node = run.Node!, NodeId = run.Instance!.NodeId ?? run.Instance.Departures[0].NodeId, InstanceId = run.Id,
        Generation = run.Instance.Generation, Sequence = step, State = run.Instance.NodeId is null ? ObservedState.Removed : ObservedState.Stopped,
        ContainerId = "c", StartedAt = now.AddSeconds(-1), FinishedAt = now, ExitCode = 0,
    };
}

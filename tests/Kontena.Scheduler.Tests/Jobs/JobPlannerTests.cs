using Kontena.Contracts.Jobs;
using Kontena.Contracts.Services;
using Kontena.Scheduler.Jobs;
using Kontena.Scheduler.Tests.World;

namespace Kontena.Scheduler.Tests.Jobs;

/// <summary>What a schedule asks for, whoever asks when.</summary>
public class JobPlannerTests
{
    private static readonly DateTimeOffset Noon = Some.Start;

    private static Service Job(string concurrency = "forbid", string cron = "*/10 * * * *", int deadline = 600) => Some.Service("job", Some.Spec() with
    {
        Schedule = new ScheduleSpec { Cron = cron, Concurrency = concurrency, StartingDeadline = deadline },
    });

    private static ScheduleState Known(Service service, DateTimeOffset next) =>
        JobPlanner.Plan(service, null, [], next.AddMinutes(-5))!.State with { NextTick = next };

    private static ServiceRun Going(string id = "a") => new()
    {
        Id = id, Grid = "test-grid", Stack = "shop", Service = "job", ServiceUid = "uid-shop-job", Cause = RunCause.Schedule, State = RunState.Running,
        Node = "node-1", CreatedAt = Noon,
    };

    [Fact]
    public void A_new_schedule_waits_for_its_first_time()
    {
        var plan = JobPlanner.Plan(Job(), null, [], Noon.AddMinutes(3))!;

        Assert.Equal((null, Noon.AddMinutes(10)), (plan.Run, plan.State.NextTick));
        Assert.Null(JobPlanner.Plan(Job(), plan.State, [], Noon.AddMinutes(9)));
    }

    [Fact]
    public void Between_its_times_nothing_of_it_is_looked_at()
    {
        var state = Known(Job(), Noon);

        Assert.True(JobPlanner.IsDecided(Job(), state, Noon.AddSeconds(-1)));
        Assert.False(JobPlanner.IsDecided(Job(), state, Noon));
        Assert.False(JobPlanner.IsDecided(Job(), null, Noon.AddSeconds(-1)));
        Assert.False(JobPlanner.IsDecided(Job(cron: "@hourly"), state, Noon.AddSeconds(-1)));
        Assert.False(JobPlanner.IsDecided(Job() with { State = ServiceState.Stopped }, state, Noon.AddSeconds(-1)));
        Assert.False(JobPlanner.IsDecided(Job(), state with { Reason = "why" }, Noon.AddSeconds(-1)));
    }

    [Fact]
    public void A_tick_begins_one_run_and_names_the_next()
    {
        var plan = JobPlanner.Plan(Job(), Known(Job(), Noon), [], Noon.AddSeconds(1))!;

        Assert.Equal((RunState.Waiting, Noon, RunCause.Schedule, null), (plan.Run!.State, plan.Run.Tick, plan.Run.Cause, plan.Run.Reason));
        Assert.Equal(Noon.AddMinutes(10), plan.State.NextTick);
        Assert.Null(JobPlanner.Plan(Job(), plan.State, [plan.Run], Noon.AddSeconds(2)));
    }

    [Fact]
    public void Forbid_skips_allow_goes_on_and_replace_stops()
    {
        var forbidden = JobPlanner.Plan(Job(), Known(Job(), Noon), [Going()], Noon)!;
        Assert.Equal(RunState.Skipped, forbidden.Run!.State);
        Assert.Equal("run a goes on on node-1, and concurrency is forbid", forbidden.Run.Reason);

        var allowed = JobPlanner.Plan(Job("allow"), Known(Job(), Noon), [Going()], Noon)!;
        Assert.Equal((RunState.Waiting, 0), (allowed.Run!.State, allowed.Stop!.Count));
        var many = Enumerable.Range(0, JobPlanner.Most).Select(number => Going($"{number}")).ToList();
        Assert.Equal(RunState.Skipped, JobPlanner.Plan(Job("allow"), Known(Job(), Noon), many, Noon)!.Run!.State);

        var replaced = JobPlanner.Plan(Job("replace"), Known(Job(), Noon), [Going()], Noon)!;
        Assert.Equal((RunState.Waiting, "a"), (replaced.Run!.State, Assert.Single(replaced.Stop!).Id));
    }

    [Fact]
    public void After_a_time_without_anyone_the_newest_tick_is_made_up_for_within_the_deadline_and_only_that()
    {
        var late = JobPlanner.Plan(Job(), Known(Job(), Noon), [], Noon.AddMinutes(38))!;
        Assert.Equal((RunState.Waiting, Noon.AddMinutes(30)), (late.Run!.State, late.Run.Tick));
        Assert.Contains("480 s late", late.Run.Reason, StringComparison.Ordinal);
        Assert.Equal(Noon.AddMinutes(40), late.State.NextTick);

        var daily = Job(cron: "0 12 * * *");
        var tooLate = JobPlanner.Plan(daily, Known(daily, Noon), [], Noon.AddMinutes(38))!;
        Assert.Equal((RunState.Skipped, Noon), (tooLate.Run!.State, tooLate.Run.Tick));
        Assert.Contains("2280 s late: more than the starting_deadline of 600 s", tooLate.Run.Reason, StringComparison.Ordinal);
        Assert.Equal(Noon.AddDays(1), tooLate.State.NextTick);
    }

    [Fact]
    public void A_stopped_service_pauses_and_makes_up_for_nothing_when_it_is_started()
    {
        var stopped = Job() with { State = ServiceState.Stopped };
        var paused = JobPlanner.Plan(stopped, Known(Job(), Noon), [], Noon)!;
        Assert.Equal((null, null), (paused.Run, paused.State.NextTick));
        Assert.Null(JobPlanner.Plan(stopped, paused.State, [], Noon.AddHours(1)));

        var resumed = JobPlanner.Plan(Job(), paused.State, [], Noon.AddMinutes(62))!;
        Assert.Equal((null, Noon.AddMinutes(70)), (resumed.Run, resumed.State.NextTick));
    }

    [Fact]
    public void Another_schedule_starts_afresh()
    {
        var plan = JobPlanner.Plan(Job(cron: "5 * * * *"), Known(Job(), Noon), [], Noon.AddMinutes(1))!;

        Assert.Equal((null, Noon.AddMinutes(5)), (plan.Run, plan.State.NextTick));
    }

    [Fact]
    public void A_clock_behind_that_of_the_scheduler_before_begins_nothing_twice()
    {
        var first = JobPlanner.Plan(Job(), Known(Job(), Noon), [], Noon.AddSeconds(1))!;

        Assert.Null(JobPlanner.Plan(Job(), first.State, [], Noon.AddMinutes(-3)));
        Assert.Equal(Noon.AddMinutes(10), JobPlanner.Plan(Job(), first.State, [], Noon.AddMinutes(10))!.Run!.Tick);
    }

    [Fact]
    public void Nor_does_it_after_a_pause_or_with_another_schedule()
    {
        var decided = JobPlanner.Plan(Job(), Known(Job(), Noon), [], Noon.AddSeconds(1))!.State;
        var behind = Noon.AddMinutes(-3);

        var paused = JobPlanner.Plan(Job() with { State = ServiceState.Stopped }, decided, [], behind)!.State;
        Assert.Equal(Noon.AddMinutes(10), JobPlanner.Plan(Job(), paused, [], behind)!.State.NextTick);
        Assert.Equal(Noon.AddMinutes(5), JobPlanner.Plan(Job(cron: "*/5 * * * *"), decided, [], behind)!.State.NextTick);
    }

    [Fact]
    public void Without_the_time_zone_it_says_so_once_and_makes_up_for_what_it_may_when_it_has_it()
    {
        var elsewhere = Job() with { Spec = Job().Spec with { Schedule = Job().Spec.Schedule! with { TimeZone = "Mars/Olympus" } } };
        var first = JobPlanner.Plan(elsewhere, null, [], Noon)!;
        Assert.Equal((null, null), (first.Run, first.State.NextTick));
        Assert.Contains("Mars/Olympus", first.State.Reason, StringComparison.Ordinal);
        Assert.Null(JobPlanner.Plan(elsewhere, first.State, [], Noon.AddHours(1)));

        // As a scheduler that has the zone left it.
        var known = Known(Job(), Noon) with { TimeZone = "Mars/Olympus" };
        var stuck = JobPlanner.Plan(elsewhere, known, [], Noon.AddSeconds(1))!.State;
        Assert.Equal((Noon, known.DecidedUpTo), (stuck.NextTick, stuck.DecidedUpTo));
        var able = JobPlanner.Plan(Job(), stuck with { TimeZone = "UTC" }, [], Noon.AddSeconds(30))!;
        Assert.Equal((Noon, null), (able.Run!.Tick, able.State.Reason));
        Assert.Null(JobPlanner.Plan(Job(), stuck with { TimeZone = "UTC" }, [], Noon.AddMinutes(-1))!.State.Reason);
    }

    [Fact]
    public void One_tick_has_one_id_whoever_makes_it_and_no_other_has_it()
    {
        var ids = Enumerable.Range(0, 500).Select(minute => JobPlanner.RunId("uid", Noon.AddMinutes(minute))).Append(JobPlanner.RunId("other", Noon)).ToList();

        Assert.Equal(ids[0], JobPlanner.RunId("uid", Noon.ToOffset(TimeSpan.FromHours(2))));
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Matches("^[0-9a-f]{24}$", id));
    }

    /// <summary>Schedulers come and go with clocks that differ; ticks are begun in order, each at most once, and none is left undecided.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Law_each_tick_is_decided_once_and_what_is_begun_is_no_later_than_the_deadline(int seed)
    {
        var random = new Random(seed);
        var service = Job("allow", "*/5 * * * *", deadline: 300);
        ScheduleState? state = null;
        var decided = new List<ServiceRun>();
        var now = Noon;
        for (var step = 0; step < 2000; step++)
        {
            now = now.AddSeconds(random.Next(20) == 0 ? random.Next(4000) : random.Next(40));
            var clock = now.AddSeconds(random.Next(-20, 20));
            if (JobPlanner.Plan(service, state, [], clock) is not { } plan)
                continue;
            Assert.True(state is null || plan.State.DecidedUpTo >= state.DecidedUpTo);
            state = plan.State;
            if (plan.Run is { } run)
            {
                Assert.True(run.State == RunState.Skipped || clock - run.Tick <= TimeSpan.FromSeconds(300), $"{run.Tick} at {clock}");
                decided.Add(run);
            }
        }

        Assert.Equal(decided.Count, decided.Select(run => run.Id).Distinct().Count());
        Assert.Equal(decided.Select(run => run.Tick), decided.Select(run => run.Tick).Order());
        Assert.True(decided.Count(run => run.State != RunState.Skipped) > 50);
    }
}

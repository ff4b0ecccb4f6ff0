using System.Security.Cryptography;
using System.Text;
using Kontena.Contracts.Jobs;
using Kontena.Contracts.Services;
using Kontena.Core.Schedules;

namespace Kontena.Scheduler.Jobs;

/// <summary>What a service's schedule asks for at a moment.</summary>
/// <param name="State">How far the schedule is carried out from now on.</param>
/// <param name="Run">A run to begin, or a tick that is skipped; null when no tick has come.</param>
/// <param name="Stop">Earlier runs that have to make room.</param>
internal sealed record JobPlan(ScheduleState State, ServiceRun? Run = null, IReadOnlyList<ServiceRun>? Stop = null);

/// <summary>From a schedule, the time and the runs that go on to what begins, what is skipped and why. Pure.</summary>
/// <remarks>
/// Each tick is decided once: <see cref="ScheduleState.DecidedUpTo"/> only moves forward, together with the run that it starts, and the run's id is made of the
/// tick. Of several ticks that have come since the last look (nobody was there to look) the newest counts, as long as it is not later than the starting deadline.
/// </remarks>
internal static class JobPlanner
{
    /// <summary>Runs of a schedule that go on at once with <c>allow</c>.</summary>
    public const int Most = 10;

    /// <summary>A run that begins later than this after its tick says so.</summary>
    private static readonly TimeSpan Punctual = TimeSpan.FromSeconds(30);

    /// <summary>The usual case, found without a look at the schedule's text or the runs: its next time is known and has not come.</summary>
    public static bool IsDecided(Service service, ScheduleState? state, DateTimeOffset now) =>
        service is { State: ServiceState.Running, Spec.Schedule: { } spec }
        && state is { NextTick: { } next, Reason: null } && now < next && IsOf(state, spec);

    private static bool IsOf(ScheduleState? state, ScheduleSpec spec) => state is not null && state.Cron == spec.Cron && state.TimeZone == spec.TimeZone;

    /// <param name="state">As it was left; null for a schedule that is new.</param>
    /// <param name="going">The service's runs that have not ended and that no person asked a command of.</param>
    /// <returns>Null when there is nothing to do or to note.</returns>
    public static JobPlan? Plan(Service service, ScheduleState? state, IReadOnlyList<ServiceRun> going, DateTimeOffset now)
    {
        if (service.Spec.Schedule is not { } spec)
            return null;
        var isKnown = IsOf(state, spec);
        if (service.State != ServiceState.Running)
            return isKnown && state is { NextTick: null, Reason: null } ? null : new JobPlan(Of(service, spec, state, now, next: null));
        if (!CronSchedule.TryParse(spec.Cron, out var cron, out _))
            return Stuck($"the scheduler does not understand the schedule {spec.Cron}");
        if (!TimeZones.TryFind(spec.TimeZone, out var zone))
            return Stuck($"the scheduler's machine does not know the time zone {spec.TimeZone}");
        // New, changed or begun again: what would have been due before is nobody's wish.
        if (!isKnown || state!.NextTick is null)
        {
            // Also by a clock that is behind the one that decided last.
            var first = cron.Next(state is not null && state.DecidedUpTo > now ? state.DecidedUpTo : now, zone);
            return isKnown && first is null ? null : new JobPlan(Of(service, spec, state, now, first));
        }

        if (now < state.NextTick)
            return state.Reason is null ? null : new JobPlan(state with { Reason = null });
        var after = Of(service, spec, state, now, cron.Next(now, zone));
        var horizon = now - TimeSpan.FromSeconds(spec.StartingDeadline);
        if (Newest(cron, zone, state.NextTick.Value, horizon, now) is not { } tick)
        {
            var late = (now - state.NextTick.Value).TotalSeconds;
            return new JobPlan(after, Skipped(service, state.NextTick.Value, now,
                $"nothing could be started at its time, and it is {late:0} s late: more than the starting_deadline of {spec.StartingDeadline} s"));
        }

        return Due(service, spec, after, tick, going, now);

        // Its next time is left as it is: another scheduler, or a later version, may make up for it.
        JobPlan? Stuck(string reason) =>
            isKnown && state!.Reason == reason ? null : new JobPlan((isKnown ? state! : Of(service, spec, state, now, next: null)) with { Reason = reason });
    }

    /// <summary>One id for a tick, whoever makes it: 24 hex digits.</summary>
    public static string RunId(string serviceUid, DateTimeOffset tick) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{serviceUid}@{tick.ToUnixTimeSeconds()}")))[..24];

    private static JobPlan Due(
        Service service, ScheduleSpec spec, ScheduleState after, DateTimeOffset tick, IReadOnlyList<ServiceRun> going, DateTimeOffset now)
    {
        if (spec.Concurrency == "forbid" && going.Count > 0)
            return new JobPlan(after, Skipped(service, tick, now, $"run {going[0].Id} goes on{Where(going[0])}, and concurrency is forbid"));
        if (going.Count >= Most)
            return new JobPlan(after, Skipped(service, tick, now, $"{going.Count} runs go on, at most {Most} may"));
        var reason = now - tick > Punctual ? $"begun {(now - tick).TotalSeconds:0} s late: nothing could be started at its time" : null;
        var run = New(service, tick, now) with { State = RunState.Waiting, Reason = reason };
        return new JobPlan(after, run, spec.Concurrency == "replace" ? going : []);
    }

    /// <summary>The newest tick from the horizon on that has come; null when all are older.</summary>
    private static DateTimeOffset? Newest(CronSchedule cron, TimeZoneInfo zone, DateTimeOffset first, DateTimeOffset horizon, DateTimeOffset now)
    {
        DateTimeOffset? newest = null;
        // At most one a minute, and no more than the deadline is long.
        var tick = first >= horizon ? first : cron.Next(horizon.AddTicks(-1), zone);
        while (tick <= now)
        {
            newest = tick;
            tick = cron.Next(tick.Value, zone);
        }

        return newest;
    }

    private static ScheduleState Of(Service service, ScheduleSpec spec, ScheduleState? before, DateTimeOffset now, DateTimeOffset? next) => new()
    {
        Grid = service.Grid,
        Stack = service.Stack,
        Service = service.Name,
        ServiceUid = service.Uid,
        Cron = spec.Cron,
        TimeZone = spec.TimeZone,
        // Also when another scheduler's clock is behind the one that decided last.
        DecidedUpTo = before is not null && before.DecidedUpTo > now ? before.DecidedUpTo : now,
        NextTick = next,
        LastRun = before?.LastRun,
    };

    private static ServiceRun Skipped(Service service, DateTimeOffset tick, DateTimeOffset now, string reason) =>
        New(service, tick, now) with { State = RunState.Skipped, FinishedAt = now, Reason = reason };

    private static ServiceRun New(Service service, DateTimeOffset tick, DateTimeOffset now) => new()
    {
        Id = RunId(service.Uid, tick),
        Grid = service.Grid,
        Stack = service.Stack,
        Service = service.Name,
        ServiceUid = service.Uid,
        Cause = RunCause.Schedule,
        Tick = tick,
        State = RunState.Waiting,
        ServiceRevision = service.Revision,
        CreatedAt = now,
    };

    private static string Where(ServiceRun run) => run.Node is null ? "" : $" on {run.Node}";
}

using Kontena.Contracts.Jobs;
using Kontena.Contracts.Services;
using Kontena.Scheduler.InstanceSpecs;
using Kontena.Scheduler.Snapshots;

namespace Kontena.Scheduler.Jobs;

/// <summary>Carries schedules out: what <see cref="JobPlanner"/> says becomes documents of the same commit.</summary>
internal static class Schedules
{
    public static void Run(GridDraft draft, DateTimeOffset now)
    {
        foreach (var service in draft.Services.By(Groupings.ScheduledServices).Of(Groupings.All).Values.OrderBy(one => one.Uid, StringComparer.Ordinal).ToList())
        {
            var state = draft.Schedules.Find(service.Uid);
            if (JobPlanner.IsDecided(service, state, now))
                continue;
            var going = draft.Runs.By(Groupings.RunsOfService).Of(service.Uid).Values
                .Where(run => run.Cause != RunCause.Person && !ServiceRun.IsEnded(run.State))
                .OrderBy(run => run.CreatedAt).ThenBy(run => run.Id, StringComparer.Ordinal).ToList();
            if (JobPlanner.Plan(service, state, going, now) is { } plan)
                Carry(draft, service, plan, now);
        }
    }

    /// <summary>The newest run is this one.</summary>
    public static void NoteBegun(GridDraft draft, ServiceRun run)
    {
        if (draft.Schedules.Find(run.ServiceUid) is { } state)
            draft.Schedules.Put(state with { LastRun = run.Id });
    }

    /// <summary>Those of services that have none any more, or are gone, go; and what is not known of the others is looked up.</summary>
    public static void Sweep(GridDraft draft)
    {
        foreach (var state in draft.Schedules.Values.Where(one => one.LastRun is null || draft.Runs.Find(one.LastRun) is null).ToList())
        {
            var newest = draft.Runs.By(Groupings.RunsOfService).Of(state.ServiceUid).Values
                .Where(run => run.State != RunState.Skipped)
                .OrderByDescending(run => run.CreatedAt).ThenByDescending(run => run.Id, StringComparer.Ordinal).FirstOrDefault()?.Id;
            if (newest != state.LastRun)
                draft.Schedules.Put(state with { LastRun = newest });
        }

        foreach (var state in draft.Schedules.Values.Where(one => draft.Service(one.Stack, one.Service, one.ServiceUid) is not { Spec.Schedule: not null }).ToList())
            draft.Schedules.Delete(state.ServiceUid);
    }

    private static void Carry(GridDraft draft, Service service, JobPlan plan, DateTimeOffset now)
    {
        draft.Schedules.Put(plan.State);
        // The tick was decided before, and what was noted of that was lost: its run counts.
        if (plan.Run is not { } run || draft.Runs.Find(run.Id) is not null)
            return;
        foreach (var earlier in plan.Stop ?? [])
            draft.Runs.Put(earlier with { Stop = earlier.Stop ?? new RunStop($"the run of {run.Tick:yyyy-MM-dd HH:mm} UTC, which replaces it", now) });
        draft.Runs.Put(run);
        if (run.State != RunState.Skipped)
            NoteBegun(draft, run);
        else
            draft.Note($"{InstanceNames.Path(service.Grid, service.Stack, service.Name)}: the tick of {run.Tick:yyyy-MM-dd HH:mm} UTC is skipped, {run.Reason}");
    }
}

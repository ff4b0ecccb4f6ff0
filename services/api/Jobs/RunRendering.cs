using Kontena.Contracts.Http;
using Kontena.Contracts.Jobs;

namespace Kontena.Api.Jobs;

/// <summary>Run documents as the API shows them. Variables given with a run are not: they may hold what only its container should know.</summary>
internal static class RunRendering
{
    public static RunJson Render(ServiceRun run) => new()
    {
        Id = run.Id,
        Cause = run.Cause switch { RunCause.Schedule => "schedule", RunCause.RunNow => "run_now", _ when run.DeployId is not null => "deploy", _ => "person" },
        Tick = run.Tick,
        State = run.State.ToString().ToLowerInvariant(),
        Finished = ServiceRun.IsEnded(run.State),
        Reason = run.Reason,
        Cmd = run.Cmd,
        Container = run.Container,
        Node = run.Node,
        ServiceRevision = run.ServiceRevision,
        Timeout = run.Timeout,
        CreatedAt = run.CreatedAt,
        StartedAt = run.StartedAt,
        FinishedAt = run.FinishedAt,
        ExitCode = run.ExitCode,
    };

    public static ScheduleJson Render(ScheduleSpec spec, ScheduleState? state, ServiceRun? last) => new()
    {
        Cron = spec.Cron,
        TimeZone = spec.TimeZone,
        Concurrency = spec.Concurrency,
        History = spec.History,
        StartingDeadline = spec.StartingDeadline,
        // What was worked out for another schedule says nothing about this one.
        NextTick = state?.Cron == spec.Cron && state.TimeZone == spec.TimeZone ? state.NextTick : null,
        Reason = state?.Cron == spec.Cron && state.TimeZone == spec.TimeZone ? state.Reason : null,
        LastRun = last is null ? null : Render(last),
    };
}

using System.Globalization;
using Kontena.Cli.Output;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Services;

/// <summary>A service's schedule on the screen.</summary>
internal static class Schedules
{
    /// <summary><c>next in 4 m 12 s</c>; <c>paused</c> while there is no next; <c>not carried out</c> when the scheduler can't.</summary>
    public static string Next(ScheduleJson schedule, DateTimeOffset now) => schedule.NextTick switch
    {
        _ when schedule.Reason is not null => "not carried out",
        null => "paused",
        { } next when next <= now => "next is due",
        { } next => $"next in {Ages.Span(next - now)}",
    };

    public static void Write(Outline block, ScheduleJson schedule)
    {
        block.Field("cron", schedule.Cron).Field("time_zone", schedule.TimeZone).Field("concurrency", schedule.Concurrency)
            .Field("history", schedule.History).Field("starting_deadline", $"{schedule.StartingDeadline}s")
            .Field("next_tick", schedule.NextTick is { } next ? Time(next) : schedule.Reason is null ? "none while the service is stopped" : "none")
            .Optional("not carried out", schedule.Reason);
        if (schedule.LastRun is not { } last) return;
        block.Open("last run").Field("id", last.Id).Optional("tick", last.Tick is { } tick ? Time(tick) : null).Field("state", last.State)
            .Optional("exit code", last.ExitCode?.ToString(CultureInfo.InvariantCulture)).Optional("node", last.Node)
            .Optional("reason", last.Reason?.Split('\n')[0]);
    }

    private static string Time(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);
}

using Kontena.Contracts.Jobs;
using Kontena.Contracts.Services;
using Kontena.Core.Schedules;

namespace Kontena.Core.Services;

/// <summary>When a service is run: what can't be read, or can't go with a schedule, is refused with the reason.</summary>
public static class ScheduleRules
{
    /// <summary>As written in <c>deploy.concurrency</c>; the first is the default.</summary>
    public static readonly IReadOnlyList<string> Concurrencies = ["forbid", "allow", "replace"];

    private const string None = "none";
    private const string Section = "deploy_opts";
    private const int MostHistory = 100;

    /// <summary>Seconds.</summary>
    private const int ShortestDeadline = 10;
    private const int LongestDeadline = 24 * 60 * 60;

    /// <summary>In a change of a service its schedule stays unless one is given, as without it a job would become a permanent instance; <c>none</c> takes it away.
    /// What goes with a schedule can be changed alone.</summary>
    internal static ScheduleSpec? ReadChange(ScheduleSpec? current, DeployOptsRequest opts, FieldErrors errors)
    {
        if (opts.Schedule is { } text)
            return Read(text.Trim() is None ? opts with { Schedule = null } : opts, errors);
        return Read(current is null ? opts : opts with
        {
            Schedule = current.Cron,
            TimeZone = opts.TimeZone ?? current.TimeZone,
            Concurrency = opts.Concurrency ?? current.Concurrency,
            History = opts.History ?? current.History,
            StartingDeadline = opts.StartingDeadline ?? current.StartingDeadline,
        }, errors);
    }

    /// <summary>Given deploy options replace all of them: without a schedule there is none.</summary>
    internal static ScheduleSpec? Read(DeployOptsRequest opts, FieldErrors errors)
    {
        var cron = opts.Schedule?.Trim();
        if (cron is null)
        {
            foreach (var (given, field) in new[] { (opts.TimeZone is not null, "time_zone"), (opts.Concurrency is not null, "concurrency"), (opts.History is not null, "history"), (opts.StartingDeadline is not null, "starting_deadline") })
            {
                if (given)
                    errors.Say("is for services with a schedule; give schedule as well, or leave it out", Section, field);
            }

            return null;
        }

        if (!CronSchedule.TryParse(cron, out _, out var mistake))
            errors.Say($"isn't a schedule: {mistake}", Section, "schedule");
        var zone = opts.TimeZone?.Trim() ?? "UTC";
        if (!TimeZones.TryFind(zone, out _))
            errors.Say($"'{zone}' is no time zone that this server knows; expected a name such as UTC or Europe/Helsinki", Section, "time_zone");
        var concurrency = opts.Concurrency?.Trim() ?? Concurrencies[0];
        if (!Concurrencies.Contains(concurrency))
            errors.Say($"Concurrency not supported: one of {string.Join(", ", Concurrencies)}", Section, "concurrency");
        if (opts.History is < 1 or > MostHistory)
            errors.Reason($"is out of range: from 1 to {MostHistory}", Section, "history");
        if (opts.StartingDeadline is < ShortestDeadline or > LongestDeadline)
            errors.Reason($"is out of range: from {ShortestDeadline} seconds to a day", Section, "starting_deadline");
        return new ScheduleSpec
        {
            Cron = cron,
            TimeZone = zone,
            Concurrency = concurrency,
            History = opts.History ?? ScheduleSpec.DefaultHistory,
            StartingDeadline = opts.StartingDeadline ?? ScheduleSpec.DefaultStartingDeadline,
        };
    }

    /// <summary>What makes no sense of something that is run and ends, once all fields are known.</summary>
    internal static void Check(ServiceSpec spec, FieldErrors errors)
    {
        if (spec.Schedule is null)
            return;
        foreach (var misfit in RunRules.Misfits(spec))
            errors.Say(misfit, Section, "schedule");
    }
}

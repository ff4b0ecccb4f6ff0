using System.CommandLine;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Services;

namespace Kontena.Cli.Commands.Services;

/// <summary>When a service is run, as in the <c>deploy</c> section of a stack file. In a change those that are not given stay.</summary>
internal sealed class ScheduleOptions(CommandBody body)
{
    private readonly Option<string?> schedule = body.Text(
        "--schedule", null, "CRON", "Run it by this schedule, e.g. \"30 3 * * *\" or @daily, instead of keeping instances; none takes the schedule away");
    private readonly Option<string?> timeZone = body.Text("--time-zone", null, "ZONE", "Of the schedule, e.g. Europe/Helsinki (default: UTC)");
    private readonly Option<string?> concurrency = body.Text(
        "--concurrency", null, "POLICY", "At a tick while an earlier run goes on: forbid, allow or replace (default: forbid)");
    private readonly Option<string?> history = body.Text("--history", null, "N", "Ended runs of the schedule that are remembered, 1 to 100 (default: 10)");
    private readonly Option<string?> deadline = body.Text("--starting-deadline", null, "TIME", "How late a tick may be made up for, 10s to 24h (default: 1h)");

    /// <summary>Null when no option was given.</summary>
    public DeployOptsRequest? Read(CommandRun run)
    {
        Option<string?>[] all = [schedule, timeZone, concurrency, history, deadline];
        if (!all.Any(run.Given)) return null;
        return new DeployOptsRequest
        {
            Schedule = run.Value(schedule),
            TimeZone = run.Value(timeZone),
            Concurrency = run.Value(concurrency),
            History = run.Integer(history, 1),
            StartingDeadline = run.Value(deadline) is { } text
                ? Durations.Seconds(text) ?? throw new UsageException($"option '--starting-deadline': invalid value '{text}', expected a time such as 90s or 1h")
                : null,
        };
    }
}

using System.Globalization;
using System.Text;
using Kontena.Cli.Api;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Services;

/// <summary>Stays with a run until it has ended: prints what it writes, asks for its end at Ctrl-C, and answers with its exit code.</summary>
/// <remarks>It asks again and again rather than holding a stream: whatever breaks, the next question goes on after the last line that was printed.</remarks>
/// <param name="path">The service's.</param>
internal sealed class RunFollowing(CommandRun run, string path)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>Lines of an ended container may still be on their way: so long without one, and it is taken for silent.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(1500);

    /// <summary>Answers that failed in a row before it gives up: about five minutes.</summary>
    private const int MaxFailures = 300;
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);
    private const int LinesAtOnce = 1000;
    private const string Beginning = "000000000000000000000000";

    /// <summary>Its lines have the same clock as its start, the node's; what was there long before need not be read.</summary>
    private static readonly TimeSpan BeforeStart = TimeSpan.FromMinutes(1);
    private string from = Beginning;
    private string? told;

    public async Task<int> ToEndAsync(RunJson started, CancellationToken cancellationToken)
    {
        using var interrupt = run.Terminal.CatchInterrupt();
        var (now, stopping, failures) = (started, false, 0);
        var quietSince = run.Time.GetTimestamp();
        Tell(now);
        while (true)
        {
            try
            {
                if (interrupt.Token.IsCancellationRequested && !stopping && !now.Finished)
                {
                    run.Warn($"stopping run {now.Id}");
                    now = await run.Api.PostAsync($"{path}/runs/{now.Id}/stop", KontenaResponseJson.Wire.RunJson, cancellationToken);
                    stopping = true;
                }

                if (!now.Finished)
                    now = await run.Api.GetAsync($"{path}/runs/{now.Id}", KontenaResponseJson.Wire.RunJson, cancellationToken);
                Tell(now);
                if (await PrintAsync(now, cancellationToken) || !now.Finished)
                    quietSince = run.Time.GetTimestamp();
                failures = 0;
                if (now.Finished && (now.StartedAt is null || run.Time.GetElapsedTime(quietSince) >= Silence))
                    return stopping && now.State == "stopped" ? Exit.Interrupted : Conclude(now);
            }
            catch (Exception error) when (error is MasterAwayException or ApiException { Status: 503 } && ++failures <= MaxFailures)
            {
                await Task.Delay(AfterFailure, run.Time, cancellationToken);
            }

            await WaitAsync(interrupt.Token);
        }
    }

    // A pause that Ctrl-C ends; once it was pressed, one that is merely waited for.
    private async Task WaitAsync(CancellationToken interrupted)
    {
        try
        {
            await Task.Delay(Pause, run.Time, interrupted.IsCancellationRequested ? CancellationToken.None : interrupted);
        }
        catch (OperationCanceledException)
        {
            // The next round asks for the end.
        }
    }

    private void Tell(RunJson now)
    {
        // How it ended is told after its output.
        if (now.Finished || now.Reason is not { } reason || reason == told) return;
        told = reason;
        run.Warn(reason);
    }

    private async Task<bool> PrintAsync(RunJson now, CancellationToken cancellationToken)
    {
        if (now is not { Container: { } container, StartedAt: { } started }) return false;
        var any = false;
        while (true)
        {
            var query = $"{path}/container_logs?container={Uri.EscapeDataString(container)}&limit={LinesAtOnce}&from={from}"
                + (from == Beginning ? $"&since={(started - BeforeStart).UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)}" : "");
            var lines = (await run.Api.GetAsync(query, KontenaResponseJson.Default.LogsJson, cancellationToken)).Logs;
            foreach (var line in lines)
            {
                run.Terminal.WriteRaw(line.Type == "stderr", Encoding.UTF8.GetBytes(line.Data.EndsWith('\n') ? line.Data : line.Data + "\n"));
                from = line.Id;
            }

            any |= lines.Count > 0;
            if (lines.Count < LinesAtOnce) return any;
        }
    }

    private int Conclude(RunJson ended)
    {
        if (ended is { ExitCode: { } code, State: "succeeded" or "failed" } && !IsOverdue(ended))
        {
            // Its last lines have just been printed.
            if (ended.Reason is { } reason) run.Warn($"run {ended.Id} {ended.State}: {reason.Split('\n')[0].Replace("; its last lines:", "", StringComparison.Ordinal)}");
            return code;
        }

        var remedy = ended.Container is null ? null : $"What is known of it: kontena service runs, run {ended.Id}";
        throw new CliException(
            ended.State == "stopped" ? $"Run {ended.Id} was {ended.Reason}" : $"Run {ended.Id} {ended.State}: {ended.Reason ?? "no reason was given"}", remedy: remedy);
    }

    // Its exit code is that of a stop, and would pass for its own.
    private static bool IsOverdue(RunJson ended) =>
        ended.Timeout is { } seconds && ended.FinishedAt - ended.StartedAt >= TimeSpan.FromSeconds(seconds);
}

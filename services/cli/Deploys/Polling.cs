namespace Kontena.Cli.Deploys;

/// <summary>Asks again and again, quickly at first and then once a second, until there is an answer or the time is up.</summary>
internal sealed class Polling(CliContext context)
{
    private static readonly TimeSpan SlowPause = TimeSpan.FromSeconds(1);

    /// <summary>Time limit for anything the client waits for (cli.md §8.7).</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(600);

    /// <param name="ask">Null means not yet.</param>
    /// <param name="late">The failure to report when the time is up.</param>
    public async Task<T> UntilAsync<T>(Func<CancellationToken, Task<T?>> ask, Func<CliException> late, CancellationToken cancellationToken)
        where T : class
    {
        var started = context.Time.GetTimestamp();
        var pause = context.FirstPoll;
        while (true)
        {
            if (await ask(cancellationToken) is { } answer) return answer;
            if (context.Time.GetElapsedTime(started) > Limit) throw late();
            await Task.Delay(pause, context.Time, cancellationToken);
            if (pause < SlowPause) pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 3 / 2, SlowPause.Ticks));
        }
    }
}

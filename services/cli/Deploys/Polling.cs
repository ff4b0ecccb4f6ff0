using Kontena.Cli.Api;
using Kontena.Cli.Output;

namespace Kontena.Cli.Deploys;

/// <summary>Asks again and again, quickly at first and then once a second, until there is an answer or the time is up.</summary>
/// <remarks>A master that is away for a moment, or answers that a part of it is, is asked on for <see cref="CliContext.AwayLimit"/>.</remarks>
internal sealed class Polling(CliContext context)
{
    private static readonly TimeSpan SlowPause = TimeSpan.FromSeconds(1);

    /// <summary>Time limit for anything the client waits for (cli.md §8.7).</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(600);

    /// <param name="ask">Null means not yet.</param>
    /// <param name="late">The failure to report when the time is up.</param>
    /// <param name="step">Where it is shown that the master is away; standard error when null.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<T> UntilAsync<T>(
        Func<CancellationToken, Task<T?>> ask, Func<CliException> late, ProgressStep? step, CancellationToken cancellationToken)
        where T : class
    {
        var started = context.Time.GetTimestamp();
        long? awaySince = null;
        var pause = context.FirstPoll;
        while (true)
        {
            try
            {
                if (await ask(cancellationToken) is { } answer) return answer;
                awaySince = null;
            }
            catch (CliException error) when (Passes(error))
            {
                if (awaySince is null) Say(step, $"  {error.Message}; asking again for {context.AwayLimit.TotalSeconds:0} s");
                awaySince ??= context.Time.GetTimestamp();
                if (context.Time.GetElapsedTime(awaySince.Value) >= context.AwayLimit) throw;
            }

            if (context.Time.GetElapsedTime(started) > Limit) throw late();
            await Task.Delay(pause, context.Time, cancellationToken);
            if (pause < SlowPause) pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 3 / 2, SlowPause.Ticks));
        }
    }

    private static bool Passes(CliException error) => error is MasterAwayException or ApiException { Status: 502 or 503 or 504 };

    private void Say(ProgressStep? step, string line)
    {
        if (step is null) context.Terminal.Error.WriteLine(line);
        else step.Say(line);
    }
}

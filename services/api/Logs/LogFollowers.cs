using Kontena.Api.Http;

namespace Kontena.Api.Logs;

/// <summary>Counts the streams that are open: each asks the log-collector a few times a second, so there is a most.</summary>
internal sealed class LogFollowers
{
    public const int Most = 1000;

    /// <summary>Up to so many each asks as often as one alone; more of them ask together no more often than these.</summary>
    private const int Unhurried = 200;
    private int _open;

    /// <exception cref="HttpRefusal">503: too many already.</exception>
    public IDisposable Enter()
    {
        if (Interlocked.Increment(ref _open) <= Most)
            return new Seat(this);
        Interlocked.Decrement(ref _open);
        throw HttpRefusal.Away($"{Most} log streams are open on this api, the most it serves; end one, or try again later");
    }

    /// <summary>How long a stream waits that alone would wait for so long.</summary>
    public TimeSpan Pause(TimeSpan alone) => alone * Math.Max(1, (double)Volatile.Read(ref _open) / Unhurried);

    private sealed class Seat(LogFollowers followers) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref followers._open);
    }
}

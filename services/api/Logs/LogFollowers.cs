using Kontena.Api.Http;

namespace Kontena.Api.Logs;

/// <summary>Counts the streams that are open: each asks the log-collector a few times a second, so there is a most.</summary>
internal sealed class LogFollowers
{
    public const int Most = 200;
    private int _open;

    /// <exception cref="HttpRefusal">503: too many already.</exception>
    public IDisposable Enter()
    {
        if (Interlocked.Increment(ref _open) <= Most)
            return new Seat(this);
        Interlocked.Decrement(ref _open);
        throw HttpRefusal.Away($"{Most} log streams are open on this api, the most it serves; end one, or try again later");
    }

    private sealed class Seat(LogFollowers followers) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref followers._open);
    }
}

using Microsoft.Extensions.Logging;

namespace Kontena.State.Outbox;

/// <summary>What the log says while messages can't be sent: one line when it begins, one a minute, one when it is over.</summary>
internal sealed class RelayTrouble(TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Reminder = TimeSpan.FromMinutes(1);

    private readonly Lock _guard = new();
    private readonly HashSet<string> _waiting = [];
    private long _since;
    private long _lastLine;

    public void Failed(string destination, Exception cause)
    {
        lock (_guard)
        {
            var now = time.GetTimestamp();
            if (_waiting.Count == 0)
                _since = now;
            var first = _waiting.Count == 0;
            _waiting.Add(destination);
            if (!first && time.GetElapsedTime(_lastLine, now) < Reminder)
                return;
            _lastLine = now;
        }

        logger.LogWarning(
            "Messages wait in the outbox: {Destination} did not take one ({Cause}). Trying again every 1 to 5 s; nothing is lost",
            destination, cause.Message);
    }

    public void Recovered(string destination)
    {
        TimeSpan lasted;
        lock (_guard)
        {
            if (!_waiting.Remove(destination) || _waiting.Count > 0)
                return;
            lasted = time.GetElapsedTime(_since);
        }

        logger.LogInformation("Outbox messages go out again after {Seconds:0.0} s", lasted.TotalSeconds);
    }
}

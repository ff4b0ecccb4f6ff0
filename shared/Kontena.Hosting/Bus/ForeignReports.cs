using Kontena.Contracts.Messaging;
using Microsoft.Extensions.Logging;

namespace Kontena.Hosting.Bus;

/// <summary>Says which nodes send what they may not, without letting them fill the log.</summary>
internal sealed partial class ForeignReports(TimeProvider time, ILogger<ForeignReports> logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);
    private readonly Lock _guard = new();
    private long? _last;

    public void Refuse(NodeOutlet sender, string message)
    {
        BusMeter.Refused.Add(1, new KeyValuePair<string, object?>("message", message));
        lock (_guard)
        {
            if (_last is { } last && time.GetElapsedTime(last) < Pause)
                return;
            _last = time.GetTimestamp();
        }

        LogRefused(message, sender.User, sender.Grid, sender.Node);
    }

    [LoggerMessage(LogLevel.Warning, "A {Message} of broker user {User} was dropped: it is not node {Grid}/{Node}'s to say. That agent is faulty or was taken over; kontena node reset-token shuts it out")]
    private partial void LogRefused(string message, string user, string grid, string node);
}

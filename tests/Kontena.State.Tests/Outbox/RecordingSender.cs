using System.Collections.Concurrent;
using Kontena.Contracts.Grids;
using Kontena.Contracts.Messaging;
using Kontena.Core.Messaging;

namespace Kontena.State.Tests.Outbox;

/// <summary>A broker that notes what it takes, and can be told to refuse or to keep someone waiting.</summary>
internal sealed class RecordingSender : IMessageSender
{
    private readonly ConcurrentQueue<(string Queue, string Fact)> _taken = new();

    /// <summary>Asked before each message is taken; what it throws, the relay sees.</summary>
    public Func<string, string, CancellationToken, Task> Before { get; set; } = (_, _, _) => Task.CompletedTask;

    public IReadOnlyList<(string Queue, string Fact)> Taken => [.. _taken];

    public int Attempts { get; private set; }

    public IEnumerable<string> TakenBy(string queue) => _taken.Where(one => one.Queue == queue).Select(one => one.Fact);

    public async Task SendAsync(Destination destination, object message, CancellationToken cancellationToken)
    {
        var fact = ((GridFactChanged)message).Id;
        lock (_taken)
            Attempts++;
        await Before(destination.Name, fact, cancellationToken);
        _taken.Enqueue((destination.Name, fact));
    }
}

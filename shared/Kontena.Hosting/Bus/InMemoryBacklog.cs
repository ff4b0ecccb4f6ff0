using System.Collections.Concurrent;
using Kontena.Contracts.Messaging;

namespace Kontena.Hosting.Bus;

/// <summary>How many messages wait in each in-memory queue; a sender waits while one is full, where memory would grow without end.</summary>
internal sealed class InMemoryBacklog
{
    /// <summary>Messages per queue, those being worked on included. Senders at the same moment may exceed it by as many as they are.</summary>
    internal const int Limit = 10_000;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly ConcurrentDictionary<string, Waiting> _queues = new(StringComparer.Ordinal);

    public void Opened(BusEndpoint endpoint) => _queues.TryAdd(endpoint.Queue, new Waiting(endpoint));

    /// <summary>Waits until every queue that the message will reach has room, and counts it there.</summary>
    public async Task EnterAsync(Destination destination, TimeProvider time, CancellationToken cancellationToken)
    {
        Waiting[] reached = [.. Reached(destination)];
        while (Array.Exists(reached, queue => queue.Count >= Limit))
            await Task.Delay(Pause, time, cancellationToken);
        // Only now: a sender that gives up has counted nowhere.
        foreach (var queue in reached)
            queue.Add(1);
    }

    /// <summary>A message was put into the queue past <see cref="EnterAsync"/>: a replayed one.</summary>
    public void Added(string queue)
    {
        if (_queues.TryGetValue(queue, out var waiting))
            waiting.Add(1);
    }

    public void Finished(string queue)
    {
        if (_queues.TryGetValue(queue, out var waiting))
            waiting.Add(-1);
    }

    private IEnumerable<Waiting> Reached(Destination destination) => destination.Kind switch
    {
        DestinationKind.Queue => _queues.TryGetValue(destination.Name, out var queue) ? [queue] : [],
        _ => _queues.Values.Where(queue => queue.Endpoint.Bindings.Any(binding =>
            binding.Exchange == destination.Name
            && (binding.RoutingKey is null || TopicPattern.Matches(binding.RoutingKey, destination.RoutingKey ?? "")))),
    };

    private sealed class Waiting(BusEndpoint endpoint)
    {
        private int _count;

        public BusEndpoint Endpoint { get; } = endpoint;

        public int Count => Volatile.Read(ref _count);

        public void Add(int change) => Interlocked.Add(ref _count, change);
    }
}

using System.Threading.Channels;
using Kontena.Docker;

namespace Kontena.Testing.Docker;

/// <summary>The fake engine's events: the last 256 are remembered, and whoever listens gets what comes after.</summary>
internal sealed class FakeEngineEvents
{
    private const int Remembered = 256;
    private const int MaxWaiting = 10_000;

    private readonly Lock _lock = new();
    private readonly Queue<EngineEvent> _past = new();
    private readonly List<Channel<EngineEvent>> _listeners = [];

    public void Add(EngineEvent engineEvent)
    {
        lock (_lock)
        {
            _past.Enqueue(engineEvent);
            if (_past.Count > Remembered) _past.Dequeue();
            foreach (var listener in _listeners)
                if (!listener.Writer.TryWrite(engineEvent)) throw new InvalidOperationException($"a listener left {MaxWaiting} events unread");
        }
    }

    public (IReadOnlyList<EngineEvent> Past, ChannelReader<EngineEvent> Coming) Listen(DateTimeOffset since)
    {
        var channel = Channel.CreateBounded<EngineEvent>(MaxWaiting);
        lock (_lock)
        {
            _listeners.Add(channel);
            return ([.. _past.Where(e => e.At >= since)], channel.Reader);
        }
    }

    public void Leave(ChannelReader<EngineEvent> reader)
    {
        lock (_lock) _listeners.RemoveAll(channel => channel.Reader == reader);
    }

    /// <summary>Everybody's connection breaks.</summary>
    public void BreakAll()
    {
        lock (_lock)
        {
            foreach (var listener in _listeners)
                listener.Writer.TryComplete(new EngineUnavailableException("The connection to the Docker Engine (a fake) broke: the test says so."));
            _listeners.Clear();
        }
    }
}

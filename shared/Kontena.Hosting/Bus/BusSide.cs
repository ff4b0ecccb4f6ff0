using System.Collections.Concurrent;
using System.Net.Sockets;
using MassTransit;

namespace Kontena.Hosting.Bus;

/// <summary>One of the two buses of a process: which queues it reads, and whether it has opened them.</summary>
internal sealed class BusSide : IBusObserver, IReceiveEndpointObserver
{
    private readonly ConcurrentDictionary<string, bool> _queues = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, QueueReading> _readings = new(StringComparer.Ordinal);
    private TaskCompletionSource _reachable = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IBus? _bus;
    private ReplyQueue? _replies;
    private int _starts;
    private long _silentSince;
    private long _silentUntil;
    private long _confirmed;
    private bool _gaveUp;
    private readonly Lock _reachableGuard = new();
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _nextStart = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public BusSide(string name)
    {
        Name = name;
        _reachable.SetResult();
    }

    /// <summary><c>control</c> or <c>data</c>.</summary>
    public string Name { get; }

    /// <summary>The bus itself; there is one once the process is built.</summary>
    public IBus Bus => _bus ?? throw new InvalidOperationException($"the {Name} bus is not built yet");

    /// <summary>Why the broker can't be reached at this moment; null when nothing waits for it.</summary>
    public string? WaitsFor { get; private set; }

    /// <summary>What waits in the queues of this process; counted only in memory.</summary>
    public InMemoryBacklog Backlog { get; } = new();

    /// <summary>Ends when nothing waits for the broker any more.</summary>
    public Task Reachable
    {
        get
        {
            lock (_reachableGuard)
                return _reachable.Task;
        }
    }

    /// <summary>Where answers come in.</summary>
    public ReplyQueue Replies => _replies ?? throw new InvalidOperationException($"the {Name} bus is not built yet");

    /// <summary>Ends when the bus has opened its queues for the first time.</summary>
    public Task Started => _started.Task;

    /// <summary>Ends when the bus has been started once more, from now.</summary>
    public Task NextStart => Volatile.Read(ref _nextStart).Task;

    /// <summary>The queues this process reads, sorted. In memory these are all the queues there are.</summary>
    public IReadOnlyList<string> Queues => [.. _queues.Keys.Order(StringComparer.Ordinal)];

    public bool Reads(string queue) => _queues.ContainsKey(queue);

    public void Opened(string queue) => _queues[queue] = true;

    public void Closed(string queue)
    {
        _queues.TryRemove(queue, out _);
        _readings.TryRemove(queue, out _);
    }

    /// <summary>A channel is there to read the queue on; whoever reads says when that is over.</summary>
    public QueueReading Begin(string queue, Func<bool> isOpen) => _readings[queue] = new QueueReading(isOpen);

    /// <summary>Queues that this process is to read and did read, and whose channel has ended, whatever MassTransit thinks of them.</summary>
    public IReadOnlyList<string> Unread => [.. Queues.Where(queue => _readings.TryGetValue(queue, out var reading) && !reading.IsUnderWay)];

    public void Lost(string reason)
    {
        lock (_reachableGuard)
        {
            WaitsFor = reason;
            if (_reachable.Task.IsCompleted)
                _reachable = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public void Found()
    {
        Volatile.Write(ref _silentSince, 0);
        lock (_reachableGuard)
        {
            WaitsFor = null;
            _reachable.TrySetResult();
        }
    }

    /// <summary>The socket of the connection; null in memory and before the first.</summary>
    public Socket? Wire { get; set; }

    /// <inheritdoc cref="OwnAddress.IsGoneFrom"/>
    public bool IsAdrift => Wire is { } wire && OwnAddress.IsGoneFrom(wire);

    /// <summary>Ends the connection: its reader sees that, and MassTransit connects anew as after any other end.</summary>
    public void Drop()
    {
        Volatile.Write(ref _silentSince, 0);
        try
        {
            Wire?.Shutdown(SocketShutdown.Both);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // It has ended meanwhile.
        }
    }

    /// <summary>A message was confirmed.</summary>
    public void Heard()
    {
        Volatile.Write(ref _silentSince, 0);
        Interlocked.Increment(ref _confirmed);
    }

    /// <summary>How many messages were confirmed.</summary>
    public long Confirmed => Volatile.Read(ref _confirmed);

    /// <summary>A message was not confirmed in time, which was up at <paramref name="timestamp"/>.</summary>
    public void Unheard(long timestamp)
    {
        Interlocked.CompareExchange(ref _silentSince, timestamp, 0);
        Volatile.Write(ref _silentUntil, timestamp);
    }

    /// <summary>From the first to the last message that was not confirmed, with none between that was. A process that stood still finds a first one, and no more.</summary>
    public TimeSpan SilentFor(TimeProvider time) => Volatile.Read(ref _silentSince) is var since and not 0 ? time.GetElapsedTime(since, Volatile.Read(ref _silentUntil)) : TimeSpan.Zero;

    /// <summary>The bus is being stopped, or was.</summary>
    public bool Stops { get; private set; }

    /// <summary>How often the bus was started.</summary>
    public int Starts => Volatile.Read(ref _starts);

    /// <summary>MassTransit gave up one of the queues for ever; see <see cref="BusRevival"/>.</summary>
    public void GiveUp() => Volatile.Write(ref _gaveUp, true);

    /// <summary>Whether it has since this was last asked.</summary>
    public bool TakeGaveUp() => Interlocked.Exchange(ref _gaveUp, false);

    Task IReceiveEndpointObserver.Ready(ReceiveEndpointReady ready) => Task.CompletedTask;

    Task IReceiveEndpointObserver.Stopping(ReceiveEndpointStopping stopping) => Task.CompletedTask;

    Task IReceiveEndpointObserver.Completed(ReceiveEndpointCompleted completed) => Task.CompletedTask;

    Task IReceiveEndpointObserver.Faulted(ReceiveEndpointFaulted faulted)
    {
        if (faulted.Exception is OperationCanceledException)
            GiveUp();
        return Task.CompletedTask;
    }

    public void PostCreate(IBus bus)
    {
        _bus = bus;
        _replies = new ReplyQueue(bus, this);
        bus.ConnectReceiveEndpointObserver(this);
    }

    public void CreateFaulted(Exception exception) => _started.TrySetException(exception);

    public Task PreStart(IBus bus)
    {
        Stops = false;
        Interlocked.Increment(ref _starts);
        return Task.CompletedTask;
    }

    public async Task PostStart(IBus bus, Task<BusReady> busReady)
    {
        await busReady;
        Interlocked.Exchange(ref _nextStart, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        _started.TrySetResult();
        // Now, and not with the first question: a broker that dies while a queue is being opened leaves MassTransit in the dark.
        _ = Replies.OpenAsync(CancellationToken.None);
    }

    public Task StartFaulted(IBus bus, Exception exception) => Task.CompletedTask;

    public Task PreStop(IBus bus)
    {
        Stops = true;
        return Task.CompletedTask;
    }

    public Task PostStop(IBus bus) => Task.CompletedTask;

    public Task StopFaulted(IBus bus, Exception exception) => Task.CompletedTask;
}

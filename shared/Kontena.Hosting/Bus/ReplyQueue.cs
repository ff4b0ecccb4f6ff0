using MassTransit;

namespace Kontena.Hosting.Bus;

/// <summary>The process's queue for answers.</summary>
/// <remarks>
/// MassTransit opens it inside the first request and blocks the calling thread until that is done: for ever while the broker is away. So it is
/// opened when the bus has started, on one thread of its own, and requests wait for it without holding any.
/// </remarks>
internal sealed class ReplyQueue(IBus bus, BusSide side)
{
    private readonly Lock _guard = new();
    private Task? _opened;
    private int _start;

    /// <summary>Returns when the queue is there. An attempt that failed is made again by the next question, and so is one before a new start of the bus.</summary>
    public Task OpenAsync(CancellationToken cancellationToken)
    {
        lock (_guard)
        {
            if (_opened is null or { IsFaulted: true } || _start != side.Starts)
            {
                _start = side.Starts;
                _opened = Task.Factory.StartNew(Open, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            }

            return _opened.WaitAsync(cancellationToken);
        }
    }

    private void Open() => bus.ConnectRequestPipe(Guid.CreateVersion7(), Pipe.Empty<ConsumeContext<ReplyProbe>>()).Disconnect();

    /// <summary>A type nobody sends.</summary>
    internal sealed record ReplyProbe;
}

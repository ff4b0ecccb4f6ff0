using MassTransit;

namespace Kontena.Hosting.Bus;

/// <summary>The process's queue for answers, opened by its first question.</summary>
/// <remarks>
/// MassTransit opens it inside the first request and blocks the calling thread until that is done: for ever while the broker is away. So it is
/// opened ahead on one thread of its own, and requests wait for it without holding any.
/// </remarks>
internal sealed class ReplyQueue(IBus bus)
{
    private readonly Lazy<Task> _opened = new(() => Task.Factory.StartNew(
        () => bus.ConnectRequestPipe(Guid.CreateVersion7(), Pipe.Empty<ConsumeContext<ReplyProbe>>()).Disconnect(),
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default));

    public Task OpenAsync(CancellationToken cancellationToken) => _opened.Value.WaitAsync(cancellationToken);

    /// <summary>A type nobody sends.</summary>
    internal sealed record ReplyProbe;
}

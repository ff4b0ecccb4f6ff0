namespace Kontena.Hosting.Bus;

/// <summary>One channel on which a queue is read, from before the queue is declared there.</summary>
/// <param name="isOpen">Whether the channel itself is.</param>
internal sealed class QueueReading(Func<bool> isOpen)
{
    private volatile bool _ended;

    public bool IsUnderWay => !_ended && isOpen();

    public void End() => _ended = true;
}

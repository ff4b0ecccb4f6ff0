namespace Kontena.State.Outbox;

/// <summary>Tells the relay of this process that a partition has messages, the moment they are committed.</summary>
internal sealed class OutboxSignal
{
    public event Action<string>? Committed;

    public void Raise(string partition) => Committed?.Invoke(partition);
}

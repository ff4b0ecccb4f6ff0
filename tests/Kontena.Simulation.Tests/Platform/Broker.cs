using Kontena.Contracts.Instances;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Nodes;
using Kontena.Simulation.Tests.Time;

namespace Kontena.Simulation.Tests.Platform;

/// <summary>RabbitMQ as Kontena uses it: durable queues, confirms, one active reader where that is asked for, redelivery of what was not acknowledged.</summary>
/// <remarks>Bad weather makes it worse than it is: it may lose what it has confirmed, hand on twice, and keep a message while later ones pass.</remarks>
internal sealed class Broker(World world)
{
    private static readonly TimeSpan ConfirmDeadline = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan RequestLife = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, BrokerQueue> _queues = new(StringComparer.Ordinal);
    private readonly Dice _dice = world.Dice.Fork();
    private readonly string _shard = Queues.SchedulerShardOf(World.Grid);
    private long _letters;

    /// <summary>Letters that no consumer could work, as in <c>…_error</c>.</summary>
    public int DeadLetters { get; private set; }

    public bool IsUp { get; private set; } = true;

    public long UpSince { get; private set; }

    /// <summary>Everybody's connection breaks; what is in the queues stays.</summary>
    public void GoDown()
    {
        IsUp = false;
        foreach (var queue in _queues.Values)
            queue.DropAll();
    }

    public void ComeUp()
    {
        IsUp = true;
        UpSince = world.Timeline.Now;
    }

    public BrokerQueue Queue(string name)
    {
        if (!_queues.TryGetValue(name, out var queue))
            _queues[name] = queue = new BrokerQueue(world, this, name);
        return queue;
    }

    /// <summary>Hands a message over; <paramref name="confirmed"/> is told what the sender learns, which may be wrong when it is false.</summary>
    public void Publish(BusLink from, Destination destination, object message, Action<bool> confirmed, Action<object>? reply = null)
    {
        if (!from.IsConnected)
        {
            from.Process.After(ConfirmDeadline, () => confirmed(false));
            return;
        }

        world.Timeline.After(Travel(), null, () =>
        {
            if (!IsUp || !from.IsConnected)
            {
                from.Process.After(ConfirmDeadline, () => confirmed(false));
                return;
            }

            Route(destination, message, reply);
            from.Process.After(Travel(), () => confirmed(from.IsConnected));
        });
    }

    public void Bury(BrokerQueue queue, Letter letter, Exception cause)
    {
        DeadLetters++;
        world.Trace.Note(null, "dead letter", queue.Name, cause);
        world.Trace.Note(null, "dead letter", letter.Message.GetType().Name);
    }

    private void Route(Destination destination, object message, Action<object>? reply)
    {
        if (destination.Kind == DestinationKind.Queue)
        {
            Drop(Queue(destination.Name), message, reply);
            return;
        }

        // The topic exchange of reports, with the bindings of the modules.
        if (message is NodeHeartbeat or InstanceObserved or NodeSynced)
            Drop(Queue(_shard), message, null);
        if (message is NodeHeartbeat or JoinGrid or NodeFactsReport)
            Drop(Queue(Queues.GridManagerReports), message, null);
    }

    private void Drop(BrokerQueue queue, object message, Action<object>? reply)
    {
        var weather = world.Weather;
        if (weather.IsLost(_dice))
        {
            world.Trace.Note(null, "lost", queue.Name, message);
            if (message is NodeHeartbeat beat && queue.Name == Queues.GridManagerReports)
                world.FindMachine(beat.NodeId)?.WentUnheard();
            return;
        }

        Enqueue(queue, message, reply);
        if (weather.IsDoubled(_dice))
            Enqueue(queue, message, reply);
    }

    private void Enqueue(BrokerQueue queue, object message, Action<object>? reply)
    {
        var delay = world.Weather.Delay(_dice);
        if (delay > TimeSpan.Zero)
            world.Timeline.After(delay, null, () => queue.Add(NewLetter(message, reply)));
        else
            queue.Add(NewLetter(message, reply));
    }

    private Letter NewLetter(object message, Action<object>? reply) =>
        new(++_letters, message, reply, reply is null ? long.MaxValue : world.Timeline.Now + RequestLife.Ticks);

    private TimeSpan Travel() => _dice.Milliseconds(0.1, 1.5);
}

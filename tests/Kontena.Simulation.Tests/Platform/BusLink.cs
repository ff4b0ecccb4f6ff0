using Kontena.Contracts.Messaging;
using Kontena.Hosting.Bus;
using Kontena.Simulation.Tests.Time;

namespace Kontena.Simulation.Tests.Platform;

/// <summary>A process's connection to the broker: breaks, comes back by itself, and reads again what it read before.</summary>
internal sealed class BusLink : IControlBus
{
    private readonly World _world;
    private readonly Dice _dice;
    private readonly List<(BrokerQueue Queue, Subscription Reader)> _open = [];
    private readonly List<(string Queue, int Prefetch, bool IsExclusive, Func<Letter, Task> Work)> _wanted = [];

    public BusLink(World world, SimProcess process)
    {
        _world = world;
        Process = process;
        _dice = world.Dice.Fork();
        process.Every(_dice.Milliseconds(10, 200), TimeSpan.FromSeconds(1), Keep);
    }

    public SimProcess Process { get; }

    /// <summary>The network between this process and the broker.</summary>
    public bool IsCut { get; private set; }

    public bool IsConnected { get; private set; }

    /// <summary>Ticks; since when it has been connected without a break.</summary>
    public long ConnectedSince { get; private set; } = long.MaxValue;

    /// <summary>Reads a queue whenever there is a connection.</summary>
    public void Read(string queue, int prefetch, bool isExclusive, Func<Letter, Task> work) => _wanted.Add((queue, prefetch, isExclusive, work));

    public void Cut()
    {
        IsCut = true;
        IsConnected = false;
        ConnectedSince = long.MaxValue;
        // The broker notices later: what it handed over meanwhile is stuck until then.
        var open = _open.ToList();
        _open.Clear();
        _world.Timeline.After(_dice.Seconds(0.1, 12), null, () => Leave(open));
    }

    public void Heal() => IsCut = false;

    /// <summary>The process is gone, and with it its socket.</summary>
    public void Close()
    {
        IsConnected = false;
        Leave(_open.ToList());
        _open.Clear();
    }

    public Task SendAsync(Destination destination, object message, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource();
        _world.Broker.Publish(this, destination, message, confirmed =>
        {
            if (confirmed)
                done.SetResult();
            else
                done.SetException(new TimeoutException("the broker did not confirm"));
        });
        return done.Task;
    }

    public Task<TReply> AskAsync<TRequest, TReply>(Destination destination, TRequest request, TimeSpan timeout, CancellationToken cancellationToken)
        where TRequest : class
        where TReply : class => throw new NotSupportedException("none of the simulated processes asks another");

    private void Keep()
    {
        if (!_world.Broker.IsUp || IsCut)
        {
            IsConnected = false;
            ConnectedSince = long.MaxValue;
            _open.Clear();
            return;
        }

        // The broker closes a connection whose client stood still for too long.
        if (IsConnected && _open.Count == _wanted.Count && _open.TrueForAll(one => one.Reader.IsAttached))
            return;
        Leave(_open.ToList());
        _open.Clear();
        if (!IsConnected)
            ConnectedSince = _world.Timeline.Now;
        IsConnected = true;
        foreach (var (name, prefetch, isExclusive, work) in _wanted)
        {
            var queue = _world.Broker.Queue(name);
            var reader = new Subscription(Process, prefetch, isExclusive, work);
            _open.Add((queue, reader));
            queue.Attach(reader);
        }
    }

    /// <summary>The broker gives the process up that has stood still; it learns of that when it goes on.</summary>
    public void GiveUp() => Leave(_open.ToList());

    private static void Leave(List<(BrokerQueue Queue, Subscription Reader)> open)
    {
        foreach (var (queue, reader) in open)
            queue.Detach(reader);
    }
}

using Kontena.Simulation.Tests.Platform;
using Kontena.Simulation.Tests.Time;
using Kontena.State;
using Kontena.State.Outbox;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kontena.Simulation.Tests.ControlPlane;

/// <summary>The real outbox relay of one process; only what wakes it is ours, as the original is a hosted service.</summary>
internal sealed class RelayHost
{
    private const int Sending = 64;
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, PartitionRelay> _relays = new(StringComparer.Ordinal);
    private readonly SimProcess _process;
    private readonly StoreConnection _store;
    private readonly BusLink _bus;
    private readonly string _origin;
    private readonly RelayTrouble _trouble;

    public RelayHost(World world, SimProcess process, StoreConnection store, BusLink bus, string origin)
    {
        (_process, _store, _bus, _origin) = (process, store, bus, origin);
        _trouble = new RelayTrouble(process.Clock, NullLogger.Instance);
        store.Committed = partition => RelayOf(partition).Wake();
        process.Every(world.Dice.Milliseconds(0, 1000), Sweep, () => _ = SweepAsync());
    }

    private async Task SweepAsync()
    {
        try
        {
            foreach (var partition in await _store.PartitionsWithPendingAsync(CancellationToken.None))
                RelayOf(partition).Sweep();
        }
        catch (StateUnavailableException)
        {
            // The next sweep is a second away.
        }
    }

    private PartitionRelay RelayOf(string partition)
    {
        if (_relays.TryGetValue(partition, out var relay))
            return relay;
        relay = new PartitionRelay(partition, _store, _bus, new SemaphoreSlim(Sending), _origin, _trouble, _process.Clock, NullLogger.Instance);
        _relays[partition] = relay;
        _ = relay.RunAsync(CancellationToken.None);
        return relay;
    }
}

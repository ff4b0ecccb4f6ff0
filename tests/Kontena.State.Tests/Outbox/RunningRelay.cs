using Kontena.State.Outbox;
using Kontena.State.Tests.Contract;

namespace Kontena.State.Tests.Outbox;

/// <summary>One process: a store, its relay, and the broker it sends to. Disposing it is its death: nothing is finished first.</summary>
internal sealed class RunningRelay : IAsyncDisposable
{
    private readonly OutboxRelay _relay;

    private RunningRelay(IStateStore engine, string origin, RecordingSender sender, TimeProvider time)
    {
        var signal = new OutboxSignal();
        Store = new SignallingStateStore(engine, signal);
        _relay = new OutboxRelay(Store, sender, signal, new OutboxOrigin(origin), time, Log);
    }

    public IStateStore Store { get; }

    public ListLogger<OutboxRelay> Log { get; } = new();

    /// <param name="time">A clock that stands still leaves the relay without sweeps, all but the one at its start.</param>
    public static async Task<RunningRelay> StartAsync(IStoreUnderTest engine, RecordingSender sender, string origin, TimeProvider? time = null)
    {
        var running = new RunningRelay(engine.Open(origin), origin, sender, time ?? TimeProvider.System);
        await running._relay.StartAsync(TestContext.Current.CancellationToken);
        return running;
    }

    public async ValueTask DisposeAsync()
    {
        await _relay.StopAsync(TestContext.Current.CancellationToken);
        _relay.Dispose();
    }
}

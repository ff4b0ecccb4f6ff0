using Kontena.Core.Messaging;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kontena.State.Outbox;

/// <summary>Publishes committed messages and then forgets them: at once after a commit of this process, and every second what was left lying.</summary>
/// <remarks>
/// At least once: a message that was sent but not yet forgotten when a process died is sent again. Messages of one partition reach
/// one destination in commit order as long as one process commits them.
/// </remarks>
internal sealed class OutboxRelay(
    IStateStore store, IMessageSender sender, OutboxSignal signal, OutboxOrigin origin, TimeProvider time, ILogger<OutboxRelay> logger)
    : BackgroundService
{
    /// <summary>Messages with the broker at once, all partitions together.</summary>
    private const int MaxSending = 64;

    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _guard = new();
    private readonly Dictionary<string, (PartitionRelay Relay, Task Running)> _partitions = [];
    private readonly SemaphoreSlim _slots = new(MaxSending);
    private readonly RelayTrouble _trouble = new(time, logger);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        void Wake(string partition) => RelayOf(partition, stoppingToken).Wake();

        signal.Committed += Wake;
        try
        {
            using var timer = new PeriodicTimer(SweepInterval, time);
            do
                await SweepAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What is still pending is sent by whoever starts next.
        }
        finally
        {
            signal.Committed -= Wake;
        }

        Task[] running;
        lock (_guard)
            running = [.. _partitions.Values.Select(one => one.Running)];
        await Task.WhenAll(running);
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var partition in await store.PartitionsWithPendingAsync(cancellationToken))
                RelayOf(partition, cancellationToken).Sweep();
        }
        catch (StateUnavailableException failure)
        {
            logger.LogDebug("Outbox not swept: {Cause}", failure.Message);
        }
    }

    // One per grid, kept for the life of the process.
    private PartitionRelay RelayOf(string partition, CancellationToken cancellationToken)
    {
        lock (_guard)
        {
            if (_partitions.TryGetValue(partition, out var known) && !known.Running.IsCompleted)
                return known.Relay;
            var relay = new PartitionRelay(partition, store, sender, _slots, origin.Value, _trouble, time, logger);
            _partitions[partition] = (relay, RunAsync(partition, relay, cancellationToken));
            return relay;
        }
    }

    private async Task RunAsync(string partition, PartitionRelay relay, CancellationToken cancellationToken)
    {
        try
        {
            await relay.RunAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopping.
        }
        catch (Exception failure)
        {
            // The next wake or sweep starts it afresh from the store.
            logger.LogError(failure, "The relay of {Partition} failed and starts again", partition);
        }
    }
}

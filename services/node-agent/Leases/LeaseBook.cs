using System.Text.Json;
using Kontena.Contracts.Instances;
using Kontena.Core.Files;
using Kontena.NodeAgent.Files;
using Kontena.NodeAgent.Orders;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Leases;

/// <summary>Until when instances with a lease may run. Those without one are no affair of it: they run whatever happens to the control plane.</summary>
/// <remarks>
/// A lease counts from the heartbeat that was answered, by this machine's clock alone. It is written down, so that an agent that is restarted goes on; one that
/// finds nothing written waits for the next answer before it starts a container.
/// </remarks>
internal sealed class LeaseBook : IDisposable
{
    /// <summary>Heartbeats remembered: two minutes of them.</summary>
    private const int Beats = 64;

    private readonly Lock _guard = new();
    private readonly string _file;
    private readonly TimeProvider _time;
    private readonly OrderBook _orders;
    private readonly ILogger<LeaseBook> _logger;
    private readonly Dictionary<DateTimeOffset, long> _sent = [];
    private readonly Queue<DateTimeOffset> _order = new();
    private readonly SemaphoreSlim _writing = new(1, 1);

    /// <summary>By instance: the timestamp of the heartbeat that was last answered.</summary>
    private readonly Dictionary<string, long> _from = new(StringComparer.Ordinal);

    public LeaseBook(NodeAgentOptions options, OrderBook orders, TimeProvider time, ILogger<LeaseBook> logger)
    {
        (_orders, _time, _logger) = (orders, time, logger);
        DurableFile.MakeDirectory(options.DataDirectory);
        _file = Path.Combine(options.DataDirectory, "leases.json");
        Read();
    }

    /// <summary>Told after a lease was renewed that had run out, with the instance's id.</summary>
    public event Action<string>? Renewed;

    /// <summary>Whether any lease was ever renewed here.</summary>
    public bool Any
    {
        get
        {
            lock (_guard)
                return _from.Count > 0;
        }
    }

    /// <summary>A heartbeat is about to be sent: from here on its answer counts.</summary>
    public void Beat(DateTimeOffset sentAt)
    {
        lock (_guard)
        {
            if (!_sent.TryAdd(sentAt, _time.GetTimestamp()))
                return;
            _order.Enqueue(sentAt);
            while (_order.Count > Beats)
                _sent.Remove(_order.Dequeue());
        }
    }

    /// <summary>What is left of the instance's lease; null when it needs none. Zero: it must not run.</summary>
    public TimeSpan? Left(InstanceOrder? order)
    {
        if (order is not { Desired: DesiredState.Running, Spec.Lease: { } seconds })
            return null;
        lock (_guard)
        {
            if (!_from.TryGetValue(order.InstanceId, out var from))
                return TimeSpan.Zero;
            var left = TimeSpan.FromSeconds(seconds) - _time.GetElapsedTime(from);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Takes an answer up; returns when it is on disk.</summary>
    public async Task TakeAsync(LeaseRenewed renewal, CancellationToken cancellationToken)
    {
        var over = renewal.InstanceIds.Where(id => Left(_orders.Find(id)) == TimeSpan.Zero).ToList();
        lock (_guard)
        {
            if (!_sent.TryGetValue(renewal.HeartbeatSentAt, out var sent))
            {
                _logger.LogDebug("A renewal of leases answers a heartbeat that is not remembered; it is left out");
                return;
            }

            foreach (var id in renewal.InstanceIds)
                _from[id] = Math.Max(_from.GetValueOrDefault(id, long.MinValue), sent);
            foreach (var gone in _from.Keys.Where(id => _orders.Find(id) is not { Desired: DesiredState.Running } && !renewal.InstanceIds.Contains(id)).ToList())
                _from.Remove(gone);
        }

        await WriteAsync(cancellationToken);
        foreach (var id in over)
            Renewed?.Invoke(id);
    }

    public void Dispose() => _writing.Dispose();

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            Dictionary<string, DateTimeOffset> from;
            lock (_guard)
            {
                var now = _time.GetUtcNow();
                from = _from.ToDictionary(one => one.Key, one => now - _time.GetElapsedTime(one.Value), StringComparer.Ordinal);
            }

            await DurableFile.WriteAsync(_file, JsonSerializer.SerializeToUtf8Bytes(from, AgentJson.Default.DictionaryStringDateTimeOffset), cancellationToken);
        }
        finally
        {
            _writing.Release();
        }
    }

    private void Read()
    {
        try
        {
            if (!File.Exists(_file) || JsonSerializer.Deserialize(File.ReadAllBytes(_file), AgentJson.Default.DictionaryStringDateTimeOffset) is not { } from)
                return;
            foreach (var (id, at) in from)
            {
                var ago = _time.GetUtcNow() - at;
                // A clock that was set back must not lengthen a lease.
                if (ago >= TimeSpan.Zero)
                    _from[id] = _time.GetTimestamp() - (long)(ago.TotalSeconds * _time.TimestampFrequency);
            }
        }
        catch (JsonException)
        {
            _logger.LogWarning("{File} can't be read; instances with a lease wait for the control plane", _file);
        }
    }
}

using System.Collections.Concurrent;
using System.Text.Json;
using Kontena.Contracts.Instances;
using Kontena.Core.Files;
using Kontena.NodeAgent.Files;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Orders;

/// <summary>The node's orders, in memory and as one file each, so that it can stand alone after a reboot (design law 4).</summary>
/// <remarks>
/// A change shows in memory at once and returns when the file is safe; the message is acknowledged after that, so an order whose
/// file was lost to a crash comes again. Files of one instance are written one at a time. A damaged file is set aside, told of and
/// leaves the others alone.
/// </remarks>
internal sealed class OrderBook : IDisposable
{
    /// <summary>Tombstones kept; older ones go first.</summary>
    public const int MaxTombstones = 1000;

    private readonly string _directory;
    private readonly TimeProvider _time;
    private readonly ILogger<OrderBook> _logger;
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    public OrderBook(NodeAgentOptions options, TimeProvider time, ILogger<OrderBook> logger)
    {
        _directory = Path.Combine(options.DataDirectory, "orders");
        _time = time;
        _logger = logger;
        DurableFile.MakeDirectory(_directory);
        Load();
    }

    /// <summary>Ends when the orders on disk are known to be this node's; nothing is done for an order before that.</summary>
    public Task Opened => _opened.Task;

    public void Open() => _opened.TrySetResult();

    /// <summary>Puts all orders out of force without losing them: they belong to another node.</summary>
    public void SetAside(string reason)
    {
        var count = _entries.Count;
        _entries.Clear();
        var aside = $"{_directory}.{_time.GetUtcNow():yyyyMMddHHmmss}";
        Directory.Move(_directory, aside);
        DurableFile.MakeDirectory(_directory);
        if (count > 0)
            _logger.LogError("{Count} orders are set aside in {Directory}: {Reason}", count, aside, reason);
    }

    /// <summary>Told after each change, with the instance's id.</summary>
    public event Action<string>? Changed;

    public IEnumerable<InstanceOrder> All => _entries.Values.Select(entry => entry.Order).OfType<InstanceOrder>();

    public InstanceOrder? Find(string instanceId) => _entries.TryGetValue(instanceId, out var entry) ? entry.Order : null;

    /// <summary>Has the instance looked at though its order is the same: somebody asks who has not heard of it.</summary>
    public void LookAgain(string instanceId)
    {
        if (Find(instanceId) is not null)
            Changed?.Invoke(instanceId);
    }

    /// <summary>True when the order was new. Returns when it is on disk.</summary>
    public Task<bool> TakeAsync(ApplyInstance order, CancellationToken cancellationToken) =>
        ChangeAsync(order.InstanceId, known => OrderRules.Take(known, order, _time.GetUtcNow()), cancellationToken);

    /// <inheritdoc cref="TakeAsync(ApplyInstance, CancellationToken)"/>
    public async Task<bool> TakeAsync(RemoveInstance order, CancellationToken cancellationToken)
    {
        var taken = await ChangeAsync(order.InstanceId, known => OrderRules.Take(known, order, _time.GetUtcNow()), cancellationToken);
        if (taken)
            Prune();
        return taken;
    }

    /// <inheritdoc cref="TakeAsync(ApplyInstance, CancellationToken)"/>
    public Task<bool> TakeAsync(RestartInstance order, CancellationToken cancellationToken) =>
        ChangeAsync(order.InstanceId, known => OrderRules.Take(known, order, _time.GetUtcNow()), cancellationToken);

    /// <summary>Notes that a removal of this generation is carried out.</summary>
    public Task<bool> MarkDoneAsync(string instanceId, long generation, CancellationToken cancellationToken) =>
        ChangeAsync(
            instanceId,
            known => known is { Done: false, Desired: DesiredState.Removed } && known.Generation == generation ? known with { Done = true } : null,
            cancellationToken,
            announce: false);

    /// <summary>Notes a one-shot hook before it runs: better lost by a crash than run twice.</summary>
    public Task<bool> MarkHookAsync(string instanceId, string hook, CancellationToken cancellationToken) =>
        ChangeAsync(
            instanceId,
            known => known is null || known.HooksDone.Contains(hook) ? null : known with { HooksDone = [.. known.HooksDone.TakeLast(99), hook] },
            cancellationToken,
            announce: false);

    /// <summary>Notes that the container of an earlier deploy is what this deploy asks for, so that a restarted agent does not ask the registry again.</summary>
    public Task<bool> MarkKeptAsync(string instanceId, KeptImage kept, CancellationToken cancellationToken) =>
        ChangeAsync(
            instanceId,
            known => known?.Spec?.DeployRev != kept.DeployRev || known.Kept == kept ? null : known with { Kept = kept },
            cancellationToken,
            announce: false);

    /// <summary>Notes that the instance takes a volume of an earlier one over, before it is mounted: from then on it is safe from the earlier one's removal.</summary>
    public Task<bool> MarkAdoptedAsync(string instanceId, string volume, CancellationToken cancellationToken) =>
        ChangeAsync(
            instanceId,
            known => known is null || known.AdoptedVolumes.Contains(volume) ? null : known with { AdoptedVolumes = [.. known.AdoptedVolumes, volume] },
            cancellationToken,
            announce: false);

    public void Dispose()
    {
        foreach (var entry in _entries.Values)
            entry.Dispose();
    }

    private async Task<bool> ChangeAsync(
        string instanceId, Func<InstanceOrder?, InstanceOrder?> change, CancellationToken cancellationToken, bool announce = true)
    {
        if (!IsFileName(instanceId))
        {
            _logger.LogWarning("Order for instance id {InstanceId} ignored: ids are letters, digits, '-' and '_', at most 64", instanceId);
            return false;
        }

        var entry = _entries.GetOrAdd(instanceId, static _ => new Entry());
        bool changed;
        lock (entry.Guard)
        {
            var next = change(entry.Order);
            changed = next is not null;
            if (next is not null)
                entry.Order = next;
        }

        if (changed && announce)
            Changed?.Invoke(instanceId);
        // Also when nothing changed: an order whose file could not be written (disk full) is repeated by the bus until it can.
        await entry.Writing.WaitAsync(cancellationToken);
        try
        {
            // The newest order is written, which may be newer than ours: then the other writer finds its work done.
            var order = entry.Order;
            if (order is not null && !ReferenceEquals(order, entry.Written))
            {
                await DurableFile.WriteAsync(
                    FileOf(instanceId), JsonSerializer.SerializeToUtf8Bytes(order, AgentJson.Default.InstanceOrder), cancellationToken);
                entry.Written = order;
            }
        }
        finally
        {
            entry.Writing.Release();
        }

        return changed;
    }

    private void Load()
    {
        foreach (var file in Directory.EnumerateFiles(_directory, "*.json").Order(StringComparer.Ordinal))
        {
            try
            {
                var order = JsonSerializer.Deserialize(File.ReadAllBytes(file), AgentJson.Default.InstanceOrder)
                    ?? throw new JsonException("the file says null");
                if (order.InstanceId != Path.GetFileNameWithoutExtension(file))
                    throw new JsonException($"it is about instance {order.InstanceId}");
                _entries[order.InstanceId] = new Entry { Order = order, Written = order };
            }
            catch (JsonException error)
            {
                File.Move(file, file + ".damaged", overwrite: true);
                _logger.LogError(
                    "Order file {File} can't be read ({Reason}); it is set aside as {Damaged}. Its container is left alone until the control plane orders it again",
                    file, error.Message, Path.GetFileName(file) + ".damaged");
            }
        }

        Prune();
    }

    private void Prune()
    {
        var stale = _entries
            .Where(pair => pair.Value.Order is { Done: true, Desired: DesiredState.Removed })
            .OrderByDescending(pair => pair.Value.Order!.TakenAt)
            .Skip(MaxTombstones)
            .Select(pair => pair.Key)
            .ToList();
        foreach (var instanceId in stale)
        {
            if (_entries.TryRemove(instanceId, out _))
                DurableFile.Delete(FileOf(instanceId));
        }
    }

    private string FileOf(string instanceId) => Path.Combine(_directory, instanceId + ".json");

    private static bool IsFileName(string instanceId) =>
        instanceId.Length is > 0 and <= 64 && instanceId.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    private sealed class Entry : IDisposable
    {
        public readonly Lock Guard = new();
        public readonly SemaphoreSlim Writing = new(1, 1);
        public volatile InstanceOrder? Order;
        public InstanceOrder? Written;

        public void Dispose() => Writing.Dispose();
    }
}

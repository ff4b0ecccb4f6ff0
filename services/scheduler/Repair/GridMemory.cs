using Kontena.Contracts.Instances;
using Kontena.Contracts.Nodes;
using Kontena.Scheduler.Names;
using Kontena.Scheduler.Snapshots;

namespace Kontena.Scheduler.Repair;

/// <summary>What a scheduler remembers of a grid between commits and may forget at any time: it only spaces repeats out.</summary>
internal sealed class GridMemory
{
    private readonly Dictionary<string, DateTimeOffset> _heard = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Repeat> _repeats = new(StringComparer.Ordinal);
    private const int MostLastWords = 10_000;
    private readonly Dictionary<string, (string? Run, long Sequence)> _lastWords = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _leases = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (object Of, string Digest)> _digests = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (IReadOnlyList<MemoryPeak> Peaks, DateTimeOffset At)> _peaks = new(StringComparer.Ordinal);

    /// <summary>What a silent node said of memory counts this long.</summary>
    private static readonly TimeSpan PeaksCount = TimeSpan.FromHours(1);

    /// <summary>When each instance was last heard of.</summary>
    public DateTimeOffset? HeardOf(string instanceId) => _heard.TryGetValue(instanceId, out var at) ? at : null;

    public void Heard(string instanceId, DateTimeOffset now) => _heard[instanceId] = now;

    /// <summary>The last word of a node about an instance it removed.</summary>
    public void Removed(string key, InstanceObserved report)
    {
        if (_lastWords.Count >= MostLastWords)
            _lastWords.Clear();
        _lastWords[key] = (report.Run, report.Sequence);
    }

    /// <summary>Whether the report was sent before the last word, and passed by it on the way.</summary>
    public bool IsPassed(string key, InstanceObserved report) =>
        report.Run is not null && _lastWords.TryGetValue(key, out var last) && last.Run == report.Run && last.Sequence >= report.Sequence;

    /// <summary>The most memory that a container of each service was seen to use, in bytes, by the service's document id. The same value until a node
    /// says something else.</summary>
    public IReadOnlyDictionary<string, long> Peaks { get; private set; } = new Dictionary<string, long>();

    /// <summary>What a node said of its containers, until it says so again or has been silent for an hour.</summary>
    public void TakePeaks(NodeHeartbeat heartbeat, DateTimeOffset now)
    {
        if (heartbeat.MemoryPeaks is not { } peaks)
            return;
        _peaks[heartbeat.NodeId] = (peaks, now);
        foreach (var silent in _peaks.Where(one => now - one.Value.At > PeaksCount).Select(one => one.Key).ToList())
            _peaks.Remove(silent);

        var largest = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var peak in _peaks.Values.SelectMany(one => one.Peaks.Take(NodeHeartbeat.MostPeaks)))
        {
            var service = Contracts.Services.Service.DocumentId(peak.Stack, peak.Service);
            largest[service] = Math.Max(largest.GetValueOrDefault(service), peak.Bytes);
        }

        if (largest.Count != Peaks.Count || largest.Any(one => Peaks.GetValueOrDefault(one.Key) != one.Value))
            Peaks = largest;
    }

    /// <summary>Forgets what no longer exists, so that memory stays as large as the grid.</summary>
    public void Prune(Func<string, bool> isInstance, DateTimeOffset now)
    {
        foreach (var gone in _heard.Keys.Where(id => !isInstance(id)).ToList())
            _heard.Remove(gone);
        foreach (var gone in _leases.Keys.Where(id => !isInstance(id)).ToList())
            _leases.Remove(gone);
        foreach (var old in _repeats.Where(one => now - one.Value.LastAt > TimeSpan.FromMinutes(30)).Select(one => one.Key).ToList())
            _repeats.Remove(old);
    }

    /// <summary>Whether something is due to be said again: first <paramref name="first"/> after <paramref name="since"/>, then after
    /// twice as long each time, up to <paramref name="cap"/>.</summary>
    /// <param name="key">What is said, and to whom.</param>
    /// <param name="version">A new version starts anew.</param>
    /// <param name="since">May be by another process's clock: one that is ahead of ours must not hold everything up until we have caught up with it.</param>
    public bool IsDue(string key, long version, DateTimeOffset since, DateTimeOffset now, TimeSpan first, TimeSpan cap)
    {
        var known = _repeats.TryGetValue(key, out var repeat) && repeat.Version == version;
        var last = known ? repeat!.LastAt : since;
        var times = known ? repeat!.Times : 0;
        var wait = TimeSpan.FromTicks(Math.Min(cap.Ticks, first.Ticks << Math.Min(times, 10)));
        if ((now - last).Duration() < wait)
            return false;
        _repeats[key] = new Repeat(version, times + 1, now);
        return true;
    }

    public void Forget(string key) => _repeats.Remove(key);

    /// <summary>The digest of what we know of a node (design §6).</summary>
    public string DigestOf(DocumentTable<InstanceObserved> observed, string node, string nodeId)
    {
        var said = observed.By(Groupings.SaidBy).Of(Groupings.Machine(node, nodeId));
        if (!_digests.TryGetValue(node, out var known) || !ReferenceEquals(known.Of, said))
            _digests[node] = known = (said, ObservedDigest.Of(said.Values));
        return known.Digest;
    }

    /// <summary>Heartbeats in a row whose digest differed.</summary>
    public Dictionary<string, int> Mismatches { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether an instance's lease was last renewed this long ago, or never by this scheduler.</summary>
    public bool LeaseIsDue(string instanceId, TimeSpan every, DateTimeOffset now) => !_leases.TryGetValue(instanceId, out var at) || now - at >= every;

    public void LeaseRenewed(string instanceId, DateTimeOffset now) => _leases[instanceId] = now;

    /// <summary>Null until the first step.</summary>
    public PublishedNames? Names { get; set; }

    /// <summary>Services that need no look.</summary>
    public SettledServices Settled { get; } = new();

    /// <summary>Things written to the log once.</summary>
    public HashSet<string> Said { get; } = new(StringComparer.Ordinal);

    private sealed record Repeat(long Version, int Times, DateTimeOffset LastAt);
}

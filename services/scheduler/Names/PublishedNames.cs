using Kontena.Contracts.Names;
using Kontena.Core.Names;
using Kontena.Scheduler.Snapshots;

namespace Kontena.Scheduler.Names;

/// <summary>The grid's addresses as its nodes were last told them. May be forgotten at any time: what it is made anew from is the snapshot, and nodes that know
/// otherwise show it by their digest.</summary>
internal sealed class PublishedNames
{
    /// <summary>Earlier tables whose digest is still taken for a table that is on its way.</summary>
    private const int MostRecent = 256;
    private static readonly TimeSpan OnItsWay = TimeSpan.FromSeconds(3);

    /// <summary>By the id of the observation.</summary>
    private readonly Dictionary<string, NamedInstance> _rows = new(StableText.Comparer);
    private readonly Queue<(NamesDigest Digest, DateTimeOffset At)> _recent = new();
    private long _revision;

    public NamesDigest Digest { get; private set; }

    public IEnumerable<NamedInstance> Rows => _rows.Values;

    public IEnumerable<string> Ids => _rows.Keys;

    /// <summary>Somebody was told of them.</summary>
    public bool IsTold { get; set; }

    /// <summary>For whom nodes and their liveness were last looked at.</summary>
    public (object? Nodes, object? Liveness) LookedAt { get; set; }

    /// <summary>Nodes that were found to know otherwise by their last heartbeat.</summary>
    public HashSet<string> Behind { get; } = new(StringComparer.Ordinal);

    /// <summary>What a node may know without having missed anything.</summary>
    public bool IsCurrent(string digest, DateTimeOffset now)
    {
        while (_recent.TryPeek(out var oldest) && now - oldest.At > OnItsWay)
            _recent.Dequeue();
        return Digest.ToString() == digest || _recent.Any(one => one.Digest.ToString() == digest);
    }

    /// <summary>Beyond the last one also after it was forgotten, as long as the clock is not set back.</summary>
    public long NextRevision(DateTimeOffset now) => _revision = Math.Max(_revision + 1, now.ToUnixTimeMilliseconds());

    /// <summary>The row of an observation is this from now on.</summary>
    /// <returns>What was there before, when that said something else; both null when nothing has changed.</returns>
    public (NamedInstance? Before, NamedInstance? After) Put(string id, NamedInstance? row)
    {
        var before = _rows.GetValueOrDefault(id);
        if (before is null ? row is null : row is not null && NamesDigest.Of(before) == NamesDigest.Of(row))
            return (null, null);
        if (before is not null)
            Digest = Digest.Without(before);
        if (row is null)
            _rows.Remove(id);
        else
            (_rows[id], Digest) = (row, Digest.With(row));
        return (before, row);
    }

    /// <summary>Nodes that have not heard of the change yet show the digest from before it.</summary>
    public void Left(NamesDigest digest, DateTimeOffset now)
    {
        _recent.Enqueue((digest, now));
        if (_recent.Count > MostRecent)
            _recent.Dequeue();
    }
}

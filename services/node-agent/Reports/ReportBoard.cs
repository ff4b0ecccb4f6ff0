using System.Security.Cryptography;
using Kontena.Contracts.Instances;

namespace Kontena.NodeAgent.Reports;

/// <summary>The newest thing to say about each instance. Bounded by the number of instances: while the broker is away a newer report
/// takes the older one's place.</summary>
internal sealed class ReportBoard(TimeProvider time)
{
    /// <summary>Removed instances whose last word is kept, for an answer to <see cref="SyncNode"/>.</summary>
    public const int MaxRemoved = 500;

    /// <summary>For the first phase of an order on the way to a running container: a start of common length is over by then, and tells none. Each
    /// report costs a confirmed message here and a commit there, beside the container's own start.</summary>
    public static readonly TimeSpan FirstPhase = TimeSpan.FromMilliseconds(450);

    /// <summary>For a later phase of an order that is known to be taken up.</summary>
    public static readonly TimeSpan LaterPhase = TimeSpan.FromSeconds(2);

    private readonly Lock _guard = new();
    private readonly Dictionary<string, InstanceObserved> _latest = new(StringComparer.Ordinal);
    private readonly Dictionary<string, InstanceObserved> _sent = new(StringComparer.Ordinal);
    private readonly HashSet<string> _waiting = new(StringComparer.Ordinal);

    /// <summary>Phases held back, with the timestamp at which each is due.</summary>
    private readonly Dictionary<string, long> _held = new(StringComparer.Ordinal);
    private readonly Queue<string> _removed = new();
    private readonly Signal _news = new();
    private long _sequence;

    /// <summary>This process, as the sequences of another can't be compared with its own.</summary>
    public string Run { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6));

    /// <summary>Something else is seen of an instance. Raised under the lock of its worker: who listens is quick.</summary>
    public event Action<InstanceObserved>? Changed;

    /// <summary>The newest sequence.</summary>
    public long Sequence
    {
        get
        {
            lock (_guard)
                return _sequence;
        }
    }

    /// <summary>Takes what is seen now; a report only when it differs from the last. True when it did.</summary>
    /// <param name="tellsOthers">Its other addresses matter to other nodes; else what is new of them goes with whatever is told next.</param>
    public bool Set(InstanceObserved observed, bool tellsOthers = true)
    {
        lock (_guard)
        {
            var before = _latest.GetValueOrDefault(observed.InstanceId);
            var sameOthers = (before?.OtherAddresses ?? []).SequenceEqual(observed.OtherAddresses ?? [], StringComparer.Ordinal);
            var isSame = before is not null && Same(before, observed);
            if (isSame && sameOthers)
                return false;
            if (isSame && !tellsOthers)
                _latest[observed.InstanceId] = before! with { OtherAddresses = observed.OtherAddresses };
            else if (IsMerePhase(before, observed) && (sameOthers || !tellsOthers))
                Hold(observed with { Sequence = Next(), Run = Run });
            else
                Put(observed with { Sequence = Next(), Run = Run });
            if (observed.State == ObservedState.Removed && before?.State != ObservedState.Removed)
                NoteRemoved(observed.InstanceId);
        }

        Changed?.Invoke(observed);
        return true;
    }

    /// <summary>Says the last report again: someone may have missed it. False when there is none since the agent started.</summary>
    public bool Repeat(string instanceId)
    {
        lock (_guard)
        {
            if (!_latest.TryGetValue(instanceId, out var observed))
                return false;
            Put(observed);
            return true;
        }
    }

    /// <summary>Everything, the recently removed included.</summary>
    public IReadOnlyList<InstanceObserved> All()
    {
        lock (_guard)
            return [.. _latest.Values.OrderBy(observed => observed.InstanceId, StringComparer.Ordinal)];
    }

    public InstanceObserved? Find(string instanceId)
    {
        lock (_guard)
            return _latest.GetValueOrDefault(instanceId);
    }

    /// <summary>Of what the broker has taken, so that it differs from the other side's only when something was lost.</summary>
    public string Digest()
    {
        lock (_guard)
            return ObservedDigest.Of(_sent.Values);
    }

    /// <summary>Waits until there is something to send, or something new is held back.</summary>
    public Task NewsAsync(CancellationToken cancellationToken) => _news.WaitAsync(cancellationToken);

    /// <summary>How long until the next report that is held back is due; null when none is.</summary>
    public TimeSpan? NextDue()
    {
        lock (_guard)
        {
            if (_held.Count == 0)
                return null;
            var left = time.GetElapsedTime(time.GetTimestamp(), _held.Values.Min());
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>What waits to be sent, at most <paramref name="most"/>.</summary>
    public IReadOnlyList<InstanceObserved> Take(int most)
    {
        lock (_guard)
        {
            var now = time.GetTimestamp();
            foreach (var due in _held.Where(one => one.Value <= now).Select(one => one.Key).ToList())
            {
                _held.Remove(due);
                _waiting.Add(due);
            }

            var taken = _waiting.Take(most).Select(id => _latest[id]).ToList();
            foreach (var observed in taken)
            {
                _waiting.Remove(observed.InstanceId);
                _held.Remove(observed.InstanceId);
            }

            return taken;
        }
    }

    public void Sent(InstanceObserved observed)
    {
        lock (_guard)
        {
            if (_latest.ContainsKey(observed.InstanceId))
                _sent[observed.InstanceId] = observed;
        }
    }

    /// <summary>The broker did not take it: it waits again, unless something newer does.</summary>
    public void Failed(InstanceObserved observed)
    {
        lock (_guard)
        {
            if (_latest.ContainsKey(observed.InstanceId))
                _waiting.Add(observed.InstanceId);
        }

        _news.Set();
    }

    private void Put(InstanceObserved observed)
    {
        _latest[observed.InstanceId] = observed;
        _held.Remove(observed.InstanceId);
        _waiting.Add(observed.InstanceId);
        _news.Set();
    }

    private void Hold(InstanceObserved observed)
    {
        _latest[observed.InstanceId] = observed;
        // What waits to be sent anyway is sent as it is now; what is held keeps its time, so that phase after phase is told at last.
        var most = _sent.GetValueOrDefault(observed.InstanceId)?.Generation == observed.Generation ? LaterPhase : FirstPhase;
        var due = time.GetTimestamp() + (long)(most.TotalSeconds * time.TimestampFrequency);
        if (!_waiting.Contains(observed.InstanceId) && (!_held.TryGetValue(observed.InstanceId, out var before) || due < before))
        {
            _held[observed.InstanceId] = due;
            _news.Set();
        }
    }

    /// <summary>Nobody waits for these: they only tell that something is under way. An end of readiness or of serving and an error are news. A container that a
    /// restarted agent finds running is about to be found ready as well.</summary>
    private static bool IsMerePhase(InstanceObserved? before, InstanceObserved observed) => observed.Error == before?.Error && before?.Ready != true && before?.Serves != true
        && observed.State switch
        {
            ObservedState.Missing or ObservedState.Pulling or ObservedState.Creating or ObservedState.Starting or ObservedState.Stopping => true,
            ObservedState.Running => before is null && !observed.Ready,
            _ => false,
        };

    private long Next() => _sequence = Math.Max(_sequence + 1, time.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>A health check that says the same again is no news. Of other addresses apart.</summary>
    private static bool Same(InstanceObserved one, InstanceObserved other) =>
        one with { Sequence = 0, Run = null, HealthAt = null, OtherAddresses = null } == other with { Sequence = 0, Run = null, HealthAt = null, OtherAddresses = null };

    private void NoteRemoved(string instanceId)
    {
        _removed.Enqueue(instanceId);
        while (_removed.Count > MaxRemoved && _removed.TryDequeue(out var oldest))
        {
            if (_latest.GetValueOrDefault(oldest)?.State != ObservedState.Removed)
                continue;
            _latest.Remove(oldest);
            _sent.Remove(oldest);
            _held.Remove(oldest);
            _waiting.Remove(oldest);
        }
    }
}

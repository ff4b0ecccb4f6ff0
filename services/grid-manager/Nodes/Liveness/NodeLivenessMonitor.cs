using Kontena.Contracts.Nodes;

namespace Kontena.GridManager.Nodes.Liveness;

/// <summary>Hears heartbeats and says, when asked, which liveness documents should change. Memory only.</summary>
internal sealed class NodeLivenessMonitor(LivenessOptions options, TimeProvider time)
{
    private readonly Lock _guard = new();
    private readonly Dictionary<(string Grid, string Node), NodePulse> _nodes = [];
    private readonly SilenceJudge _judge = new(options);
    private readonly long _start = time.GetTimestamp();

    /// <summary>Marks this process's probes.</summary>
    public string ProcessMark { get; } = Core.Ids.ObjectId.New(time);

    private TimeSpan Now => time.GetElapsedTime(_start);

    public Hearing Heard(string grid, string node, string nodeId, string factsHash)
    {
        lock (_guard)
        {
            if (!_nodes.TryGetValue((grid, node), out var pulse) || pulse.NodeId != nodeId)
                return Hearing.Unknown;
            _nodes[(grid, node)] = pulse with { HeardAt = Now };
            return pulse.FactsHash == factsHash ? Hearing.Known : Hearing.OtherFacts;
        }
    }

    public void ProbeReturned(string sender)
    {
        lock (_guard)
        {
            if (sender == ProcessMark)
                _judge.ProbeReturned(Now);
        }
    }

    /// <summary>A node joined, which is a sign of life too. Its liveness document was just put; the version is read when next needed.</summary>
    public void Joined(Node node)
    {
        var stored = new NodeLiveness { Grid = node.Grid, Node = node.Name, State = LivenessState.Online };
        lock (_guard)
            _nodes[(node.Grid, node.Name)] = new NodePulse(stored, NodePulse.Unread, node.NodeId!, HashOf(node), Now);
    }

    /// <summary>A node read from the store.</summary>
    /// <param name="heard">Whether it was just heard; else what is known of that stays.</param>
    public void Learn(Node node, NodeLiveness stored, long version, bool heard)
    {
        if (node.NodeId is not { } nodeId)
            return;
        lock (_guard)
        {
            var before = _nodes.GetValueOrDefault((node.Grid, node.Name));
            var heardAt = heard ? Now : before?.NodeId == nodeId ? before.HeardAt : null;
            _nodes[(node.Grid, node.Name)] = new NodePulse(stored, version, nodeId, HashOf(node), heardAt);
        }
    }

    public void Forget(string grid, string node)
    {
        lock (_guard)
            _nodes.Remove((grid, node));
    }

    /// <summary>Forgets the nodes of a grid that are not among these.</summary>
    public void KeepOnly(string grid, IReadOnlySet<string> nodes)
    {
        lock (_guard)
        {
            foreach (var gone in _nodes.Keys.Where(key => key.Grid == grid && !nodes.Contains(key.Node)).ToList())
                _nodes.Remove(gone);
        }
    }

    /// <summary>The grids this monitor knows nodes of.</summary>
    public IReadOnlyList<string> Grids
    {
        get
        {
            lock (_guard)
                return [.. _nodes.Keys.Select(key => key.Grid).Distinct(StringComparer.Ordinal)];
        }
    }

    public void FactsStored(string grid, string node, string factsHash)
    {
        lock (_guard)
        {
            if (_nodes.TryGetValue((grid, node), out var pulse))
                _nodes[(grid, node)] = pulse with { FactsHash = factsHash };
        }
    }

    /// <summary>A change was committed at this version.</summary>
    public void Stored(NodeLiveness stored, long version)
    {
        lock (_guard)
        {
            if (_nodes.TryGetValue((stored.Grid, stored.Node), out var pulse))
                _nodes[(stored.Grid, stored.Node)] = pulse with { Stored = stored, Version = version };
        }
    }

    /// <summary>Looks at every node now.</summary>
    public LivenessLook Look()
    {
        lock (_guard)
        {
            var now = Now;
            var utc = time.GetUtcNow();
            var since = _judge.Since([.. _nodes.Values.Select(pulse => (pulse.Stored.State, pulse.HeardAt))], now);
            var changes = new List<LivenessChange>();
            foreach (var pulse in _nodes.Values)
            {
                var state = LivenessDecider.Next(pulse.Stored.State, pulse.HeardAt, since, now, options);
                var seen = pulse.HeardAt is { } heard ? utc - (now - heard) : pulse.Stored.LastSeenAt;
                if (state != pulse.Stored.State)
                    changes.Add(new LivenessChange(Changed(pulse.Stored, state, seen, utc), pulse.Stored.State, pulse.Version));
                else if (state == LivenessState.Online && IsDue(pulse.Stored.LastSeenAt, seen))
                    changes.Add(new LivenessChange(pulse.Stored with { LastSeenAt = seen }, pulse.Stored.State, pulse.Version));
            }

            return new LivenessLook(changes, _judge.Suspended, _judge.Doubting);
        }
    }

    // A stored time in the future, after a clock was set back, is as wrong as an old one.
    private bool IsDue(DateTimeOffset? stored, DateTimeOffset? seen) =>
        seen is { } at && (stored is not { } last || (at - last).Duration() >= options.StoreSeenEvery);

    private static NodeLiveness Changed(NodeLiveness stored, LivenessState state, DateTimeOffset? seen, DateTimeOffset now) => stored with
    {
        State = state,
        LastSeenAt = seen,
        ConnectedAt = stored.State == LivenessState.Offline ? now : stored.ConnectedAt,
        DisconnectedAt = state == LivenessState.Offline ? now : stored.DisconnectedAt,
    };

    private static string? HashOf(Node node) => node.Facts is { } facts ? FactsHash.Of(facts) : null;
}

/// <param name="Suspended">Nobody is judged: the broker or this process is away.</param>
/// <param name="Doubting">Nobody is judged: all nodes fell silent at once.</param>
internal sealed record LivenessLook(IReadOnlyList<LivenessChange> Changes, bool Suspended, bool Doubting);

/// <param name="Expected">The version to put it at; <see cref="NodePulse.Unread"/> when it must be read first.</param>
internal sealed record LivenessChange(NodeLiveness Wanted, LivenessState Before, long Expected)
{
    public bool IsState => Wanted.State != Before;
}

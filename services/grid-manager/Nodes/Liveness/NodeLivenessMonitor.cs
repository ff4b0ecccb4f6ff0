using Kontena.Contracts.Nodes;

namespace Kontena.GridManager.Nodes.Liveness;

/// <summary>Hears heartbeats and says, when asked, which liveness documents should change. Memory only.</summary>
internal sealed class NodeLivenessMonitor(LivenessOptions options, TimeProvider time)
{
    private const int MaxTroubles = 16;
    private const int MaxTrouble = 500;

    private readonly Lock _guard = new();
    private readonly Dictionary<(string Grid, string Node), NodePulse> _nodes = [];
    private readonly SilenceJudge _judge = new(options);
    private readonly long _start = time.GetTimestamp();

    /// <summary>Tells this process's probes from those of others.</summary>
    private readonly string _mark = Core.Ids.ObjectId.New(time);

    private TimeSpan Now => time.GetElapsedTime(_start);

    public Hearing Heard(NodeHeartbeat beat)
    {
        lock (_guard)
        {
            if (!_nodes.TryGetValue((beat.Grid, beat.Node), out var pulse) || pulse.NodeId != beat.NodeId)
                return Hearing.Unknown;
            var (runs, verdict) = pulse.Runs.Hear(beat.Run, Now, options.SuspectAfter);
            if (verdict != RunVerdict.Node)
            {
                // Nobody can say yet which of the two is the node; that one of them lives is certain.
                _nodes[(beat.Grid, beat.Node)] = verdict == RunVerdict.Waits && !beat.Leaves ? pulse with { Runs = runs, HeardAt = Now, Leaves = false } : pulse with { Runs = runs };
                return verdict == RunVerdict.Waits ? Hearing.Known : Hearing.Rival;
            }

            // One that was overtaken by the last of the same process.
            if (pulse.Leaves && !beat.Leaves && beat.Run is not null && beat.Run == pulse.Runs.Current)
                return Hearing.Known;

            _nodes[(beat.Grid, beat.Node)] = pulse with
            {
                Runs = runs,
                HeardAt = Now,
                Leaves = beat.Leaves,
                Troubles = [.. beat.Troubles.Take(MaxTroubles).Select(Clip)],
                Clock = pulse.Clock.Add(beat.SentAt, time.GetUtcNow()),
            };
            return pulse.FactsHash == beat.FactsHash ? Hearing.Known : Hearing.OtherFacts;
        }
    }

    /// <summary>A process with the node's own key asks to join.</summary>
    public RunVerdict Asked(string grid, string node, string? run)
    {
        lock (_guard)
        {
            if (!_nodes.TryGetValue((grid, node), out var pulse))
                return RunVerdict.Node;
            var (runs, verdict) = pulse.Runs.Hear(run, Now, options.SuspectAfter);
            _nodes[(grid, node)] = pulse with { Runs = runs };
            return verdict;
        }
    }

    /// <summary>Another machine with the node's engine id was refused.</summary>
    /// <param name="name">What it calls itself; null when only its heartbeat was heard: what was said before stays.</param>
    public void Refused(string grid, string node, string? name)
    {
        lock (_guard)
        {
            if (_nodes.TryGetValue((grid, node), out var pulse))
                _nodes[(grid, node)] = pulse with { Rival = new NodeRival(name ?? pulse.Rival?.Name ?? pulse.Stored.Rival?.Name, time.GetUtcNow()) };
        }
    }

    /// <summary>What to send to ourselves now.</summary>
    public LivenessProbe Probe() => new() { Sender = _mark, SentAfter = Now };

    public void ProbeReturned(LivenessProbe probe)
    {
        lock (_guard)
        {
            if (probe.Sender == _mark && probe.SentAfter is { } sent)
                _judge.ProbeReturned(sent);
        }
    }

    /// <summary>A node joined, which is a sign of life too. Its liveness document was just put; the version is read when next needed.</summary>
    public void Joined(Node node, string? run)
    {
        var stored = new NodeLiveness { Grid = node.Grid, Node = node.Name, State = LivenessState.Online };
        lock (_guard)
            _nodes[(node.Grid, node.Name)] = new NodePulse(stored, NodePulse.Unread, node.NodeId!, HashOf(node), Now, Now, new RunWatch(run, Now));
    }

    /// <summary>A node read from the store.</summary>
    /// <param name="heard">Whether it was just heard; else what is known of that stays.</param>
    public void Learn(Node node, NodeLiveness stored, long version, bool heard)
    {
        if (node.NodeId is not { } nodeId)
            return;
        lock (_guard)
        {
            var before = _nodes.GetValueOrDefault((node.Grid, node.Name)) is { } known && known.NodeId == nodeId ? known : null;
            // A process that another one of us knew as the node is given the time of a restart to be heard.
            before ??= new NodePulse(stored, version, nodeId, null, null, Now, new RunWatch(stored.Run, Now));
            _nodes[(node.Grid, node.Name)] = before with
            {
                Stored = stored, Version = version, FactsHash = HashOf(node), HeardAt = heard ? Now : before.HeardAt, Leaves = !heard && (before.Leaves || HasLeft(stored, before)),
            };
        }
    }

    /// <summary>Another process heard that it goes, and this one has not heard it since.</summary>
    private bool HasLeft(NodeLiveness stored, NodePulse pulse) =>
        stored.RestartsSince is { } since && (pulse.HeardAt is not { } heard || time.GetUtcNow() - (Now - heard) < since);

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
            var since = _judge.Since(_nodes.Values, now);
            var changes = new List<LivenessChange>();
            foreach (var pulse in _nodes.Values)
            {
                var state = LivenessDecider.Next(pulse, since, now, options);
                var seen = pulse.HeardAt is { } heard ? utc - (now - heard) : pulse.Stored.LastSeenAt;
                var said = Said(pulse) with { RestartsSince = pulse.Leaves && state != LivenessState.Offline ? pulse.Stored.RestartsSince ?? seen : null };
                if (state != pulse.Stored.State)
                    changes.Add(new LivenessChange(Changed(said, state, seen, utc), pulse.Stored, pulse.Version));
                else if ((state == LivenessState.Online && IsDue(pulse.Stored.LastSeenAt, seen)) || IsNews(pulse.Stored, said))
                    changes.Add(new LivenessChange(said with { LastSeenAt = seen }, pulse.Stored, pulse.Version));
            }

            return new LivenessLook(changes, _judge.Suspended, _judge.Doubting);
        }
    }

    /// <summary>The document with what the agent said of itself since.</summary>
    private static NodeLiveness Said(NodePulse pulse) => pulse.Stored with
    {
        Run = pulse.Runs.Current,
        Troubles = pulse.Troubles ?? pulse.Stored.Troubles,
        ClockAhead = pulse.Clock.Estimate is { } ahead ? Math.Round(ahead.TotalSeconds, 1) : pulse.Stored.ClockAhead,
        Rival = pulse.Rival ?? pulse.Stored.Rival,
    };

    /// <summary>Worth storing before the next sight is.</summary>
    private bool IsNews(NodeLiveness stored, NodeLiveness said) =>
        stored.Run != said.Run
        || stored.RestartsSince is null != said.RestartsSince is null
        || !stored.Troubles.SequenceEqual(said.Troubles)
        || Math.Abs((stored.ClockAhead ?? 0) - (said.ClockAhead ?? 0)) >= options.ClockStep.TotalSeconds
        || (said.Rival is { } rival && (stored.Rival is not { } known || rival.LastAt - known.LastAt >= options.StoreRivalEvery));

    private static string Clip(string text) => text.Length <= MaxTrouble ? text : text[..MaxTrouble];

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
internal sealed record LivenessChange(NodeLiveness Wanted, NodeLiveness Before, long Expected)
{
    public bool IsState => Wanted.State != Before.State;

    /// <summary>The scheduler is told at once: what a node may be given has changed.</summary>
    public bool Matters => IsState || Wanted.Troubles.Count > 0 != Before.Troubles.Count > 0;
}

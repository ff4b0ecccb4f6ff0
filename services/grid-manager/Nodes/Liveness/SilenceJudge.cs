namespace Kontena.GridManager.Nodes.Liveness;

/// <summary>Since when silence may count against nodes: never while the broker or this process was away, nor while all are silent at once.</summary>
/// <remarks>
/// Our own probes go the way heartbeats go. While they do not come back, nobody is judged; when they do again, everybody gets the time to return and then the full grace.
/// A process that does not own the queue of reports never sees its probes and so never judges.
/// </remarks>
internal sealed class SilenceJudge(LivenessOptions options)
{
    private TimeSpan? _echoAt;
    private TimeSpan? _since;
    private TimeSpan? _togetherSince;

    /// <summary>The broker or this process is away.</summary>
    public bool Suspended => _since is null;

    /// <summary>All nodes fell silent at once.</summary>
    public bool Doubting => _togetherSince is not null;

    /// <param name="sent">When it set out. One that waited says nothing of now: it may have lain in this process while that stood still.</param>
    public void ProbeReturned(TimeSpan sent) => _echoAt = sent > _echoAt ? sent : _echoAt ?? sent;

    /// <summary>Since when silence counts, which may be a moment from now; null while it does not.</summary>
    public TimeSpan? Since(IReadOnlyCollection<NodePulse> nodes, TimeSpan now)
    {
        if (_echoAt is not { } echo || now - echo > options.ProbeLimit)
        {
            _since = null;
            _togetherSince = null;
            return null;
        }

        _since ??= now + options.ReturnTime;
        if (!LivenessDecider.SilentTogether(nodes, _since.Value, now, options))
        {
            if (_togetherSince is not null)
                _since = now + options.ReturnTime;
            _togetherSince = null;
            return _since;
        }

        _togetherSince ??= now;
        return now - _togetherSince < options.TogetherLimit ? null : _since;
    }
}

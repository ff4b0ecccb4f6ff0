using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Networking.Overlay;

/// <summary>Looks every few seconds whether each planned peer answers, with packets of the size that containers may use, so that a way that is closed, in one direction
/// or both, or narrower than it was computed, is told of before somebody looks for it.</summary>
internal sealed class PeerWatch(NodeAgentOptions options, TimeProvider time, ILogger<PeerWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>In a large grid a look takes longer: that many pings are under way at once.</summary>
    private const int AtOnce = 16;
    private readonly Dictionary<string, PeerSight> _sights = new(StringComparer.Ordinal);
    private readonly EchoEar _ear = new();
    private volatile IReadOnlyList<PlannedPeer> _peers = [];
    private volatile string? _gateway;
    private volatile IReadOnlyList<string> _remarks = [];
    private volatile IReadOnlyDictionary<string, int> _caps = new Dictionary<string, int>();

    /// <summary>What is wrong with ways to others, a sentence each; another list only when they are others.</summary>
    public IReadOnlyList<string> Remarks => _remarks;

    /// <summary>By gateway of peers whose way is narrower than computed: bytes that go through. Others only when <see cref="Remarks"/> are.</summary>
    public IReadOnlyDictionary<string, int> Caps => _caps;

    /// <summary>Looks at these from now on.</summary>
    /// <param name="gateway">This node's own end; null when it has none.</param>
    public void Follow(string? gateway, IReadOnlyList<PlannedPeer> peers) => (_gateway, _peers) = (gateway, [.. peers.Where(peer => peer.Driver is not null)]);

    public override void Dispose()
    {
        base.Dispose();
        _ear.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Overlay)
            return;
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                logger.LogError(error, "A look at the ways to other nodes failed; the next one is in {Interval}", Interval);
            }
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        var peers = _peers;
        IReadOnlySet<string> heard = _gateway is { } gateway && peers.Count > 0 ? _ear.HeardSinceLast(gateway) : new HashSet<string>();
        var echoes = new int[peers.Count];
        await Parallel.ForAsync(0, peers.Count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (at, _) => echoes[at] = await PathProbe.LargestAsync(peers[at], time));
        var remarks = new List<string>();
        var sights = new Dictionary<string, PeerSight>(StringComparer.Ordinal);
        var caps = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var at = 0; at < peers.Count; at++)
        {
            // By way, not by name: what was seen of another driver says nothing of this one.
            var way = $"{peers[at].Peer} {peers[at].Gateway} {peers[at].Driver} {peers[at].Endpoint}";
            sights[way] = _sights.GetValueOrDefault(way, new PeerSight()).After(echoes[at], peers[at].Mtu, heard.Contains(peers[at].Gateway));
            if (sights[way].Remark(peers[at]) is { } remark)
                remarks.Add(remark);
            if (sights[way].Cap is { } cap)
                caps[peers[at].Gateway] = cap;
        }

        _sights.Clear();
        foreach (var (way, sight) in sights)
            _sights[way] = sight;
        foreach (var news in remarks.Except(_remarks, StringComparer.Ordinal))
            logger.LogWarning("Network of the grid: {Remark}", news);
        _caps = caps;
        if (!remarks.SequenceEqual(_remarks, StringComparer.Ordinal))
            _remarks = remarks;
    }
}

using Kontena.Contracts.Volumes;
using Kontena.NodeAgent.Registration;

namespace Kontena.NodeAgent.Volumes;

/// <summary>What is to be said of volumes, one sentence per Docker volume: while the broker is away a newer one takes the older one's place.</summary>
internal sealed class VolumeBoard(NodeMembership membership, AgentIdentity identity)
{
    private readonly Lock _guard = new();
    private readonly Dictionary<string, VolumeObserved> _waiting = new(StringComparer.Ordinal);

    /// <summary>What was told last: the same is not told at each new container.</summary>
    private readonly Dictionary<string, VolumeObserved> _told = new(StringComparer.Ordinal);
    private readonly Signal _news = new();

    public Task NewsAsync(CancellationToken cancellationToken) => _news.WaitAsync(cancellationToken);

    /// <summary>The volume is here.</summary>
    /// <param name="again">Tell it also when it was told before.</param>
    public void Present(string dockerName, string volume, string uid, string? error = null, bool again = false) =>
        Put(dockerName, volume, uid, VolumeState.Present, error, again);

    /// <summary>The volume is among all that are here.</summary>
    public void Listed(string dockerName, string volume, string uid) => Put(dockerName, volume, uid, VolumeState.Present, error: null, again: true, listed: true);

    /// <summary>The volume is not here, any more or at all.</summary>
    public void Removed(string dockerName, string volume, string uid, string? error = null) =>
        Put(dockerName, volume, uid, VolumeState.Removed, error, again: true);

    public IReadOnlyList<VolumeObserved> Take()
    {
        lock (_guard)
        {
            IReadOnlyList<VolumeObserved> taken = [.. _waiting.Values];
            _waiting.Clear();
            return taken;
        }
    }

    /// <summary>The broker did not take it: it waits again, unless something newer does.</summary>
    public void Failed(VolumeObserved observed)
    {
        lock (_guard)
            _waiting.TryAdd(observed.Name, observed);
    }

    private void Put(string dockerName, string volume, string uid, VolumeState state, string? error, bool again, bool listed = false)
    {
        if (membership.Current is not { } joined || identity.NodeId is not { } nodeId)
            return;
        var observed = new VolumeObserved
        {
            Grid = joined.Grid, Node = joined.Node, NodeId = nodeId, Name = dockerName, Volume = volume, VolumeUid = uid, State = state, Error = error,
        };
        lock (_guard)
        {
            if (!again && _told.GetValueOrDefault(dockerName) == observed)
                return;
            // An answer to an order is not overtaken by what only says that the volume is here.
            if (_waiting.TryGetValue(dockerName, out var waiting) && (listed || (!again && waiting.State == state)))
                return;
            _waiting[dockerName] = observed;
            if (state == VolumeState.Removed)
                _told.Remove(dockerName);
            else
                _told[dockerName] = observed;
        }

        _news.Set();
    }
}

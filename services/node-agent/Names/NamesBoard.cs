using System.Collections.Immutable;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Names;
using Kontena.Core.Names;
using Kontena.NodeAgent.Orders;
using Kontena.NodeAgent.Registration;
using Kontena.NodeAgent.Reports;

namespace Kontena.NodeAgent.Names;

/// <summary>The grid's names as this node answers them: its own instances as it sees them at this moment, all others as they were told.</summary>
/// <remarks>An instance of this node that was not looked at since the agent started is answered as it was last told (design law 5), as long as nobody else is there: the machine may have
/// been rebooted.</remarks>
internal sealed class NamesBoard
{
    private readonly Lock _guard = new();
    private readonly AgentIdentity _identity;
    private readonly OrderBook _orders;
    private readonly ReportBoard _reports;
    private readonly ToldNames _told = new();
    private readonly Dictionary<string, NamedInstance?> _own = new(StringComparer.Ordinal);
    private readonly Dictionary<string, NamedInstance> _answered = new(StringComparer.Ordinal);
    private TaskCompletionSource _toldNow = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HashSet<string> _linked = new(StringComparer.Ordinal);
    private bool _ownAreComplete;
    private string? _lastNode;
    private volatile NamesView _view = Blank("");

    public NamesBoard(AgentIdentity identity, OrderBook orders, ReportBoard reports)
    {
        (_identity, _orders, _reports) = (identity, orders, reports);
        reports.Changed += OnReport;
        orders.Changed += OnOrder;
    }

    /// <summary>What is answered now.</summary>
    public NamesView View => _view;

    /// <inheritdoc cref="ToldNames.Digest"/>
    public string? ToldDigest
    {
        get
        {
            lock (_guard)
                return _told.Digest;
        }
    }

    /// <inheritdoc cref="ToldNames.IsTooLarge"/>
    public bool IsTooLarge
    {
        get
        {
            lock (_guard)
                return _told.IsTooLarge;
        }
    }

    /// <summary>The queue of news is open: what is told from now on arrives.</summary>
    public bool Hears { get; set; }

    /// <summary>A row is another now. Called under the board's lock: whoever listens takes a note and no more.</summary>
    public event Action? Changed;

    /// <summary>Every address of the grid as this node knows it, those without a name too.</summary>
    public IReadOnlyList<NamedInstance> Rows()
    {
        lock (_guard)
            return [.. _answered.Values];
    }

    /// <summary>Ends with the next news.</summary>
    public Task ToldAsync()
    {
        lock (_guard)
            return _toldNow.Task;
    }

    /// <summary>Names of another grid are none of ours.</summary>
    public void Join(string grid)
    {
        lock (_guard)
        {
            if (_view.Table.Grid == grid)
                return;
            if (_told.Grid != grid)
                _told.Clear();
            _answered.Clear();
            _view = Blank(grid);
            NoteAliases();
            foreach (var report in _reports.All())
                Own(report);
            Settle(_told.Rows.Keys.Concat(_own.Values.OfType<NamedInstance>().Select(row => row.Key)));
        }
    }

    public void Take(NamesChanged message) => Take(told => told.Take(message));

    public void Take(NamesTold message) => Take(told => told.Take(message));

    /// <summary>What the last run was told.</summary>
    public void Restore(NamesFile file)
    {
        _lastNode = file.NodeId;
        Take(told => told.Restore(file.Grid, file.Epoch, file.Revision, file.Instances));
    }

    /// <summary>What is to be read by the next run; null when nothing was told.</summary>
    public NamesFile? ToFile()
    {
        lock (_guard)
            return _told.Digest is null ? null : new NamesFile { Grid = _told.Grid, NodeId = _identity.NodeId ?? _lastNode, Epoch = _told.Epoch, Revision = _told.Revision, Instances = [.. _told.Rows.Values] };
    }

    /// <summary>Every instance of this node was looked at: what is told of others here is over.</summary>
    public void OwnAreComplete()
    {
        lock (_guard)
        {
            if (_ownAreComplete)
                return;
            _ownAreComplete = true;
            Settle([.. _answered.Values.Where(row => row.NodeId == _identity.NodeId).Select(row => row.Key)]);
        }
    }

    /// <summary>Whether the other nodes answer this address, as far as this one has heard.</summary>
    public bool IsAnsweredElsewhere(string instanceId, string address)
    {
        lock (_guard)
        {
            return _identity.NodeId is { } node && _told.Rows.TryGetValue(NamedInstance.KeyOf(node, instanceId), out var row)
                && row.Address == address && row.Standing >= NameStanding.Suspect;
        }
    }

    /// <summary>Whether there is another ready instance of the service, or another container of this one, so that this address need not be answered.</summary>
    public bool HasOther(string instanceId, string address)
    {
        lock (_guard)
        {
            var row = _identity.NodeId is { } node
                ? _answered.GetValueOrDefault(NamedInstance.KeyOf(node, instanceId)) ?? _told.Rows.GetValueOrDefault(NamedInstance.KeyOf(node, instanceId))
                : null;
            return row is not null && (row.Address != address || HasOther(row));
        }
    }

    private bool HasOther(NamedInstance row) =>
        _view.Table.Find(DomainNames.OfService(_view.Table.Grid, row.Stack, row.Service)) is { } entry
        && entry.Best.Any(one => one.Row.Standing == NameStanding.Ready && one.Row.Key != row.Key);

    private static NamesView Blank(string grid) => new(
        NamesTable.Of(grid), ImmutableDictionary.Create<string, string>(StringComparer.Ordinal), ImmutableDictionary<uint, NameAsker>.Empty);

    private void Take(Func<ToldNames, IReadOnlyCollection<string>> take)
    {
        lock (_guard)
        {
            if (take(_told) is { Count: > 0 } keys && _told.Grid == _view.Table.Grid)
                Settle(keys);
            _toldNow.TrySetResult();
            _toldNow = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private void OnOrder(string instanceId)
    {
        lock (_guard)
        {
            if (_linked.Contains(instanceId) || _orders.Find(instanceId)?.Spec is { LinkAliases.Count: > 0 })
                NoteAliases();
        }
    }

    private void OnReport(InstanceObserved observed)
    {
        lock (_guard)
        {
            var before = _own.GetValueOrDefault(observed.InstanceId);
            var after = Own(observed);
            Settle(((NamedInstance?[])[before, after]).OfType<NamedInstance>().Select(row => row.Key).Append(NamedInstance.KeyOf(observed.NodeId, observed.InstanceId)).Distinct());
        }
    }

    private NamedInstance? Own(InstanceObserved observed)
    {
        var order = _orders.Find(observed.InstanceId);
        var row = order?.Spec is { } spec && observed.Grid == _view.Table.Grid
            ? NamedInstances.Of(observed, spec, order.Desired == DesiredState.Running, suspect: false, here: true)
            : null;
        if (observed.State == ObservedState.Removed && _ownAreComplete)
            _own.Remove(observed.InstanceId);
        else
            _own[observed.InstanceId] = row;
        NoteAsker(observed.InstanceId, row, order?.Spec);
        return row;
    }

    /// <summary>What is answered of these keys is what is known of them.</summary>
    private void Settle(IEnumerable<string> keys)
    {
        List<(NamedInstance?, NamedInstance?)> changes = [];
        foreach (var key in keys)
        {
            var before = _answered.GetValueOrDefault(key);
            var after = Known(key);
            if (before == after)
                continue;
            changes.Add((before, after));
            if (after is null)
                _answered.Remove(key);
            else
                _answered[key] = after;
        }

        if (changes.Count == 0)
            return;
        _view = _view with { Table = _view.Table.After(changes) };
        Changed?.Invoke();
    }

    private NamedInstance? Known(string key)
    {
        var told = _told.Rows.GetValueOrDefault(key);
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        if ((_identity.NodeId ?? _lastNode) is not { } node || slash < 0 || !key.AsSpan(0, slash).SequenceEqual(node))
            return told;
        if (_own.TryGetValue(key[(slash + 1)..], out var own))
            return own;
        return _ownAreComplete ? null : told is { Standing: NameStanding.Ready } ? told with { Standing = NameStanding.Suspect } : told;
    }

    private void NoteAsker(string instanceId, NamedInstance? row, InstanceSpec? spec)
    {
        var askers = _view.Askers;
        foreach (var (address, _) in askers.Where(one => one.Value.InstanceId == instanceId).ToList())
            askers = askers.Remove(address);
        if (row is not null)
        {
            var aliases = spec!.LinkAliases.GroupBy(link => link.Alias.ToLowerInvariant(), StringComparer.Ordinal)
                .ToDictionary(group => group.Key, group => DomainNames.OfService(spec.Grid, group.Last().Stack, group.Last().Service), StringComparer.Ordinal);
            var asker = new NameAsker(instanceId, spec.DnsSearch, aliases) { Row = row };
            foreach (var address in row.Addresses.Select(NameTarget.NumberOf).OfType<uint>())
                askers = askers.SetItem(address, asker);
        }

        if (askers != _view.Askers)
            _view = _view with { Askers = askers };
    }

    /// <summary>Aliases by which services are found in their stack, of all orders there are: few have links.</summary>
    private void NoteAliases()
    {
        var linked = _orders.All.Where(order => order is { Desired: not DesiredState.Removed, Spec: { LinkAliases.Count: > 0, DnsSearch.Count: > 0 } }).OrderBy(order => order.InstanceId, StringComparer.Ordinal);
        var aliases = Blank("").Aliases.ToBuilder();
        _linked.Clear();
        foreach (var (instanceId, spec) in linked.Select(order => (order.InstanceId, order.Spec!)))
        {
            _linked.Add(instanceId);
            foreach (var link in spec.LinkAliases)
                aliases[$"{link.Alias.ToLowerInvariant()}.{spec.DnsSearch[0]}"] = DomainNames.OfService(spec.Grid, link.Stack, link.Service);
        }

        _view = _view with { Aliases = aliases.ToImmutable() };
    }
}

using Kontena.Contracts.Networking;
using Kontena.Core.Networking;
using Kontena.Docker;
using Kontena.NodeAgent.Registration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Networking.Overlay;

/// <summary>Keeps the host's network as the grid's map wants it: when a new map comes, when the kernel tells of a change, and now and then all the same, so that nothing a
/// restart of the engine, a flush of the firewall or an operator does lasts.</summary>
internal sealed class OverlayKeeper(
    NetworkMapBook book, GridNetwork network, NodeMembership membership, OverlayExecutor executor, HostStateReader reader, IHostCommands commands, NetworkReporter reporter, WireGuardKeys keys,
    ControlPlaneAddresses controlPlane, HostNetworkNews news, PeerWatch watch, StackGuard guard, BridgeFilter bridges, NodeAgentOptions options, TimeProvider time, ILogger<OverlayKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(3);

    /// <summary>Of a host whose kernel tells of changes, and of a node alone, which has no ways that could break.</summary>
    private static readonly TimeSpan SlowSweep = TimeSpan.FromSeconds(15);

    /// <summary>Between two looks: a container that starts brings a dozen changes.</summary>
    private static readonly TimeSpan Gap = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Relook = TimeSpan.FromMinutes(1);

    /// <summary>Between two changes of who reaches whom: in a rollout addresses come and go all the time.</summary>
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Glance = TimeSpan.FromSeconds(1);

    private const string NotKept = "private stacks are open to the whole grid here: ";
    private volatile IReadOnlyList<string> _troubles = [];
    private volatile OverlayPlan? _plan;
    private HostFacts? _facts;
    private HostAbilities? _abilities;
    private long _abilitiesRead;
    private string? _cleanedFor;
    private bool _isCleared;
    private string _told = "";

    /// <summary>What of the network does not work, for the heartbeat.</summary>
    public IReadOnlyList<string> Troubles => options.Overlay || !guard.IsExpected ? _troubles : [NotKept + "Kontena:Agent:Overlay is off"];

    /// <summary>The plan last carried out; null before.</summary>
    public OverlayPlan? Plan => _plan;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Overlay)
            return;
        await guard.SettledAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await TurnAsync(stoppingToken);
            }
            catch (Exception error) when (error is HostNetworkException or EngineException or EngineUnavailableException or TimeoutException)
            {
                Tell([$"the network of the grid can't be looked after: {error.Message}"]);
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                logger.LogError(error, "A look at the grid's network failed; the next one is in {Sweep}", Sweep);
            }

            await RestAsync(stoppingToken);
        }
    }

    /// <summary>One look, and what follows from it.</summary>
    internal async Task TurnAsync(CancellationToken cancellationToken)
    {
        if (membership.IsRemoved)
            await ClearAsync(cancellationToken);
        if (membership.Current is not { } joined)
            return;
        _isCleared = false;
        var abilities = await AbilitiesAsync(cancellationToken);
        var state = abilities.Administers ? await reader.ReadAsync(OverlayNames.Of(joined.Grid), cancellationToken) : null;
        // The key is made here, so that what is told beside finds it made.
        if (abilities.WireGuard && await keys.PublicAsync(cancellationToken) is not null)
            await keys.AdvanceAsync(book.Self?.Network?.NextKey, cancellationToken);
        reporter.Look(abilities, state, book.Revision, [.. _plan?.Remarks ?? [], .. watch.Remarks], cancellationToken);
        if (book.Current is not { } map || book.Self is not { } self)
            return;
        if (!abilities.Administers)
        {
            Tell([.. map.Nodes.Count > 1 ? [$"containers here reach no other node's: {abilities.Missing}"] : Array.Empty<string>(), .. guard.IsExpected ? [NotKept + abilities.Missing] : Array.Empty<string>()]);
            return;
        }

        var before = network.Seen;
        await network.EnsureAsync(map.Grid, cancellationToken);
        if (network.Seen != before)
            state = await reader.ReadAsync(OverlayNames.Of(joined.Grid), cancellationToken);
        if (network.Seen is not { Bridge: { } bridge } seen || !state!.Links.ContainsKey(bridge))
        {
            network.Forget(); // Somebody may have removed it.
            watch.Follow(null, []);
            Tell(map.Nodes.Count > 1 ? [$"containers here reach no other node's: the engine's networks are not on the host the agent runs on; run the agent beside the engine, in the host's network"] : []);
            return;
        }

        // What an earlier grid left behind would keep WireGuard's port, and let in whom it knew.
        if (_cleanedFor != map.Grid)
        {
            await executor.RemoveOthersAsync(OverlayNames.Of(map.Grid), state, cancellationToken);
            state = await reader.ReadAsync(OverlayNames.Of(joined.Grid), cancellationToken);
        }

        _cleanedFor = map.Grid;
        _facts = FactsOf(state, OverlayNames.Of(map.Grid), seen, bridge) with { OwnKey = abilities.WireGuard ? await keys.PublicAsync(cancellationToken) : null };
        var plan = OverlayPlanner.Plan(map, self, _facts);
        var outcome = await executor.ApplyAsync(plan, state, abilities, cancellationToken);
        _plan = plan;
        watch.Follow(seen.Gateway, plan.Routes.Count == 0 ? [] : plan.Peers);
        var open = _facts.Isolation is null ? null : await bridges.EnsureAsync(bridge, cancellationToken);
        Tell([.. plan.Problems, .. outcome.Failures.Select(failure => $"the host's network could not be changed: {failure}"), .. open is null ? Array.Empty<string>() : [NotKept + open]]);
    }

    /// <summary>Who reaches whom is another, and nothing else: the firewall alone is looked at.</summary>
    private async Task GuardAsync(CancellationToken cancellationToken)
    {
        if (_facts is not { } facts || _plan is null || book.Current is not { } map || book.Self is not { } self || guard.Current is var isolation && isolation?.Text == facts.Isolation?.Text)
            return;
        try
        {
            _facts = facts with { Isolation = isolation };
            var plan = OverlayPlanner.Plan(map, self, _facts);
            await executor.ApplyFirewallAsync(plan, cancellationToken);
            _plan = plan;
            // The first here: the next look is the one that tells what stands in the way.
            if (facts.Isolation is null && isolation is not null)
                await bridges.EnsureAsync(facts.Bridge, cancellationToken);
        }
        catch (HostNetworkException error)
        {
            Tell([$"the network of the grid can't be looked after: {error.Message}"]);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            logger.LogError(error, "A change of who reaches whom was not carried out; the next look does it");
        }
    }

    /// <summary>Once; tried again at the next sweep when it did not work.</summary>
    private async Task ClearAsync(CancellationToken cancellationToken)
    {
        if (_isCleared || !(await AbilitiesAsync(cancellationToken)).Administers)
            return;
        await executor.RemoveAllAsync(await reader.ReadAsync(OverlayNames.Nobody, cancellationToken), cancellationToken);
        (_isCleared, _plan, _cleanedFor) = (true, null, null);
        watch.Follow(null, []);
        Tell([]);
        logger.LogInformation("This machine is no node any more: its tunnels, routes and firewall chains of the grid are gone");
    }

    /// <summary>Looked at again now and then while something is missing: it may be installed meanwhile.</summary>
    private async Task<HostAbilities> AbilitiesAsync(CancellationToken cancellationToken)
    {
        if (_abilities is not { } known || (known is not { Administers: true, Vxlan: true, WireGuard: true } && time.GetElapsedTime(_abilitiesRead) > Relook))
        {
            _abilities = await HostAbilities.ReadAsync(commands, cancellationToken);
            _abilitiesRead = time.GetTimestamp();
        }

        return _abilities;
    }

    private HostFacts FactsOf(HostState state, OverlayNames names, SeenNetwork seen, string bridge)
    {
        string[] ours = [bridge, names.Bridge, names.WireGuard, names.Vxlan, "lo"];
        var foreign = state.Routes
            .Where(route => !ours.Contains(route.Device) && route.Protocol != $"{OverlayNames.RouteProtocol}" && Ipv4Cidr.TryParse(route.To, out var to) && to.Prefix > 0)
            .Select(route => new ForeignRoute(route.To, route.Device))
            .ToList();
        return new HostFacts(bridge, seen.Subnet, seen.Gateway, foreign, controlPlane.Current, options.ClosedPorts,
            [.. state.Links.Values.Where(link => !ours.Contains(link.Name)).SelectMany(link => link.Addresses.Select(address => new HostCard(link.Name, address)))])
        {
            Isolation = guard.Current,
            Caps = watch.Caps,
        };
    }

    /// <summary>Until a new map comes or the next sweep is due; sooner when something of the host has changed, or an interface we made has gone, as with its process.</summary>
    private async Task RestAsync(CancellationToken cancellationToken)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var (changed, heard, guarded) = (book.ChangedAsync(ends.Token), news.ChangedAsync(ends.Token), guard.ChangedAsync(ends.Token));
        var (began, remarks) = (time.GetTimestamp(), watch.Remarks);
        var sweep = IsSettled ? SlowSweep : Sweep;
        while (!changed.IsCompleted && time.GetElapsedTime(began) is var rested && rested < sweep && !(heard.IsCompleted && rested >= Gap) && ReferenceEquals(remarks, watch.Remarks) && !IsSomethingGone())
        {
            await Task.WhenAny(changed, guarded, Task.Delay(Glance, time, cancellationToken));
            if (!guarded.IsCompletedSuccessfully)
                continue;
            await GuardAsync(cancellationToken);
            await Task.Delay(Between, time, cancellationToken);
            guarded = guard.ChangedAsync(ends.Token);
        }

        await ends.CancelAsync();
        await Task.WhenAll(changed, heard, guarded).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Nothing is under way: no trouble, a map carried out, no new key to change to; and whatever happens is heard, or matters to nobody.</summary>
    private bool IsSettled => _troubles.Count == 0 && _plan is not null && membership.ConfirmedNow && book.Self is { } self && self.Network?.NextKey is null
        && (news.Hears || book.Current is { Nodes.Count: 1 });

    private bool IsSomethingGone() => _plan is { } plan && _troubles.Count == 0
        && ((plan.WireGuard is not null && !Directory.Exists($"/sys/class/net/{plan.Names.WireGuard}"))
            || (plan.Vxlan is not null && !Directory.Exists($"/sys/class/net/{plan.Names.Vxlan}")));

    private void Tell(IReadOnlyList<string> troubles)
    {
        _troubles = troubles;
        var text = string.Join("\n", troubles);
        if (text == _told)
            return;
        foreach (var trouble in troubles)
            logger.LogWarning("Network of the grid: {Trouble}", trouble);
        if (troubles.Count == 0)
            logger.LogInformation("The network of the grid is as it should be");
        _told = text;
    }
}

namespace Kontena.NodeAgent.Networking.Overlay;

/// <summary>Carries a plan out: asks the host what there is, and runs the commands that make up the difference.</summary>
internal sealed class OverlayExecutor(IHostCommands commands, FirewallKeeper firewall, WireGuardKeys keys)
{
    private readonly Dictionary<string, string> _endpoints = new(StringComparer.Ordinal);

    /// <summary>What was done, and what did not work: the rest is done all the same.</summary>
    public async Task<OverlayOutcome> ApplyAsync(OverlayPlan plan, HostState state, HostAbilities abilities, CancellationToken cancellationToken)
    {
        var failures = new List<string>();
        var changes = 0;
        try
        {
            // First, so that nothing passes that should not once the ways are open.
            if (await firewall.ApplyAsync(plan.Firewall, cancellationToken))
                changes++;
        }
        catch (HostNetworkException error)
        {
            failures.Add(error.Message);
        }

        var own = plan.WireGuard is null ? null : await keys.PublicAsync(cancellationToken);
        foreach (var command in OverlayDiff.Commands(plan, state, keys.File, own, _endpoints))
        {
            var said = command.Program == OverlayDiff.MakeWireGuard
                ? await MakeWireGuardAsync(command.Arguments[0], abilities, cancellationToken)
                : await commands.RunAsync(command, null, cancellationToken);
            changes++;
            if (said.Ok && command.Arguments is [_, _, "peer", var key, "endpoint", var endpoint, ..])
                _endpoints[key] = endpoint;
            if (!said.Ok && !IsGone(command, said))
                failures.Add($"{command}: {said.Error}");
            if (!said.Ok && command.Program == OverlayDiff.MakeWireGuard)
                break; // What follows needs it.
        }

        return new OverlayOutcome(changes, failures);
    }

    /// <summary>The firewall's rules alone.</summary>
    /// <exception cref="HostNetworkException">They could not be read or set.</exception>
    public Task<bool> ApplyFirewallAsync(OverlayPlan plan, CancellationToken cancellationToken) => firewall.ApplyAsync(plan.Firewall, cancellationToken);

    /// <summary>Takes away what carries our naming and the mark of another grid: tunnels, with their routes, and chains. Bridges are the engine's and stay.</summary>
    public async Task RemoveOthersAsync(OverlayNames own, HostState state, CancellationToken cancellationToken)
    {
        foreach (var link in OverlayNames.TunnelsOfOthers(own, state.Links.Keys))
            await commands.RunAsync(new HostCommand("ip", "link", "del", link), null, cancellationToken);
        foreach (var other in await firewall.OthersAsync(own, cancellationToken))
            await firewall.RemoveAsync(other, cancellationToken);
        _endpoints.Clear();
    }

    /// <summary>Takes away all that we make on a host, of whatever grid. Bridges are the engine's and stay, with the containers on them.</summary>
    /// <exception cref="HostNetworkException">The firewall could not be asked or changed.</exception>
    public async Task RemoveAllAsync(HostState state, CancellationToken cancellationToken)
    {
        foreach (var route in state.Routes.Where(route => route.Protocol == $"{OverlayNames.RouteProtocol}"))
            await commands.RunAsync(new HostCommand("ip", "route", "del", route.To, "proto", $"{OverlayNames.RouteProtocol}"), null, cancellationToken);
        await RemoveOthersAsync(OverlayNames.Nobody, state, cancellationToken);
    }

    /// <summary>What was to be taken away has gone by itself, as routes do with their interface.</summary>
    private static bool IsGone(HostCommand command, CommandOutput said) => command.Arguments.Contains("del")
        && (said.Error.Contains("No such", StringComparison.Ordinal) || said.Error.Contains("Cannot find", StringComparison.Ordinal));

    private Task<CommandOutput> MakeWireGuardAsync(string name, HostAbilities abilities, CancellationToken cancellationToken) => commands.RunAsync(
        // The user-space one goes to the background by itself, and its interface stays as long as it lives.
        abilities.KernelWireGuard ? new HostCommand("ip", "link", "add", name, "type", "wireguard") : new HostCommand("wireguard-go", name), null, cancellationToken);
}

/// <param name="Changes">Commands run.</param>
/// <param name="Failures">Those that failed, with what was said.</param>
internal sealed record OverlayOutcome(int Changes, IReadOnlyList<string> Failures);

using Kontena.Contracts.Networking;

namespace Kontena.NodeAgent.Networking.Overlay;

/// <summary>Carries a plan out: asks the host what there is, and runs the commands that make up the difference.</summary>
internal sealed class OverlayExecutor(IHostCommands commands, HostStateReader reader, FirewallKeeper firewall, WireGuardKeys keys)
{
    private readonly Dictionary<string, string> _endpoints = new(StringComparer.Ordinal);

    /// <summary>What was done, and what did not work: the rest is done all the same.</summary>
    public async Task<OverlayOutcome> ApplyAsync(OverlayPlan plan, NetworkMap map, HostState state, HostAbilities abilities, CancellationToken cancellationToken)
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

        var key = plan.WireGuard is null ? null : await keys.PublicAsync(cancellationToken);
        foreach (var command in OverlayDiff.Commands(plan, state, keys.File, key, _endpoints, map.Subnet))
        {
            var said = command.Program == OverlayDiff.MakeWireGuard
                ? await MakeWireGuardAsync(command.Arguments[0], abilities, cancellationToken)
                : await commands.RunAsync(command, null, cancellationToken);
            changes++;
            if (!said.Ok && !IsGone(command, said))
                failures.Add($"{command}: {said.Error}");
            if (!said.Ok && command.Program == OverlayDiff.MakeWireGuard)
                break; // What follows needs it.
        }

        foreach (var peer in plan.WireGuard?.Peers ?? [])
            _endpoints[peer.Key] = peer.Endpoint;
        return new OverlayOutcome(changes, failures);
    }

    public async Task RemoveAsync(string grid, string subnet, CancellationToken cancellationToken)
    {
        var names = OverlayNames.Of(grid);
        foreach (var command in OverlayDiff.Removal(names, await reader.ReadAsync(names, cancellationToken), subnet))
            await commands.RunAsync(command, null, cancellationToken);
        await firewall.RemoveAsync(names, cancellationToken);
        _endpoints.Clear();
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

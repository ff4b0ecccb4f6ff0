using Kontena.NodeAgent.Networking.Overlay;
using Kontena.Testing.Docker;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Kontena.NodeAgent.Tests.RealEngine;

/// <summary>What a node that was removed takes away, with the host's own programs. Only beside an engine of the tests, which has a network of its own.</summary>
[Collection("real engine")]
public sealed class RemovedNodeTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("kontena-removed-").FullName;
    private readonly HostCommands _host = new(TimeProvider.System);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public RemovedNodeTests(DockerEngine docker) => docker.Require();

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Tunnels_routes_and_chains_go_and_what_is_not_ours_stays()
    {
        var names = OverlayNames.Of("removed");
        await MustAsync("ip", "link", "add", names.WireGuard, "type", "veth", "peer", "name", "theirs0");
        await MustAsync("ip", "link", "set", names.WireGuard, "up");
        await MustAsync("ip", "link", "set", "theirs0", "up");
        await MustAsync("ip", "link", "add", "kontena-mine", "type", "veth", "peer", "name", "theirs1");
        await MustAsync("ip", "link", "set", "kontena-mine", "up");
        await MustAsync("ip", "route", "add", "10.201.2.0/24", "dev", names.WireGuard, "proto", "107");
        await MustAsync("ip", "route", "add", "10.201.3.0/24", "dev", "kontena-mine", "proto", "107");
        await MustAsync("ip", "route", "add", "10.201.4.0/24", "dev", "kontena-mine");
        foreach (var (table, from, chain) in new[] { ("filter", "INPUT", names.Input), ("filter", "FORWARD", names.Forward), ("nat", "POSTROUTING", names.Nat), ("mangle", "FORWARD", names.Mangle) })
        {
            await MustAsync("iptables", "-t", table, "-N", chain);
            await MustAsync("iptables", "-t", table, "-A", chain, "-s", "10.201.1.0/24", "-j", "RETURN");
            await MustAsync("iptables", "-t", table, "-I", from, "1", "-j", chain);
        }

        await MustAsync("iptables", "-N", "kontena-own-rules");
        var keys = new WireGuardKeys(new NodeAgentOptions { DataDirectory = _directory }, _host, TimeProvider.System, NullLogger<WireGuardKeys>.Instance);
        var executor = new OverlayExecutor(_host, new FirewallKeeper(_host), keys);
        var reader = new HostStateReader(_host);
        for (var again = 0; again < 2; again++)
            await executor.RemoveAllAsync(await reader.ReadAsync(OverlayNames.Nobody, Cancelled), Cancelled);

        var state = await reader.ReadAsync(OverlayNames.Nobody, Cancelled);
        Assert.DoesNotContain(names.WireGuard, state.Links.Keys);
        Assert.Contains("kontena-mine", state.Links.Keys);
        Assert.Equal(["10.201.4.0/24"], state.Routes.Select(route => route.To).Where(to => to.StartsWith("10.201.", StringComparison.Ordinal)));
        var rules = await MustAsync("iptables-save");
        Assert.DoesNotContain(names.Mark, rules, StringComparison.Ordinal);
        Assert.Contains("kontena-own-rules", rules, StringComparison.Ordinal);

        await MustAsync("ip", "link", "del", "kontena-mine");
        await MustAsync("iptables", "-X", "kontena-own-rules");
    }

    private async Task<string> MustAsync(string program, params IReadOnlyList<string> arguments)
    {
        var said = await _host.RunAsync(new HostCommand(program, arguments), null, Cancelled);
        Assert.True(said.Ok, $"{program} {string.Join(' ', arguments)}: {said.Error}");
        return said.Output;
    }
}

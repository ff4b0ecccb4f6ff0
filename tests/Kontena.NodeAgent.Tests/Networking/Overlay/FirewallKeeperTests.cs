using Kontena.NodeAgent.Networking.Overlay;
using Xunit;
using static Kontena.NodeAgent.Tests.Networking.Overlay.SomeNetwork;

namespace Kontena.NodeAgent.Tests.Networking.Overlay;

public sealed class FirewallKeeperTests
{
    private readonly PaperFirewall _host = new();
    private readonly FirewallPlan _plan = Plan(Map("direct", [], Node(1), Node(2)), 1).Firewall;
    private readonly FirewallKeeper _keeper;

    public FirewallKeeperTests() => _keeper = new FirewallKeeper(_host);

    [Fact]
    public async Task Rules_that_are_there_are_left_alone()
    {
        Assert.True(await ApplyAsync());
        Assert.False(await ApplyAsync());
        Assert.StartsWith("-A DOCKER-USER -j kontena-fwd-", _host.Of("filter", "DOCKER-USER")[0]);
    }

    [Fact]
    public async Task A_rule_that_was_taken_away_or_comes_before_ours_leads_to_all_of_them_anew()
    {
        await ApplyAsync();
        _host.Of("filter", "INPUT").Insert(0, "-A INPUT -j ACCEPT");
        Assert.True(await ApplyAsync());
        Assert.StartsWith("-A INPUT -j kontena-in-", _host.Of("filter", "INPUT")[0]);
        Assert.Equal(2, _host.Of("filter", "INPUT").Count);

        _host.Of("nat", _plan.Chains.Single(chain => chain.Table == "nat").Chain).RemoveAt(0);
        Assert.True(await ApplyAsync());
        Assert.Equal(3, _host.Of("nat", _plan.Chains.Single(chain => chain.Table == "nat").Chain).Count);
    }

    [Fact]
    public async Task After_a_flush_our_rules_are_led_to_without_the_engines_chain()
    {
        await ApplyAsync();
        _host.Flush();
        Assert.True(await ApplyAsync());
        Assert.StartsWith("-A FORWARD -j kontena-fwd-", _host.Of("filter", "FORWARD")[0]);
        Assert.False(await ApplyAsync());
    }

    [Fact]
    public async Task Nothing_is_left_when_they_are_removed()
    {
        await ApplyAsync();
        await _keeper.RemoveAsync(OverlayNames.Of("test"), TestContext.Current.CancellationToken);
        Assert.DoesNotContain("kontena-", _host.Save());
    }

    [Fact]
    public async Task Of_nobodys_naming_all_grids_are_others()
    {
        await ApplyAsync();
        Assert.Equal([OverlayNames.Of("test")], await _keeper.OthersAsync(OverlayNames.Nobody, TestContext.Current.CancellationToken));
        var names = OverlayNames.Of("test");
        Assert.Equal([names.WireGuard, names.Vxlan], OverlayNames.TunnelsOfOthers(OverlayNames.Nobody, [names.WireGuard, names.Vxlan, names.Bridge, "eth0", "kontena-web"]));
    }

    [Fact]
    public async Task Chains_of_another_grid_are_found()
    {
        await ApplyAsync();
        Assert.Empty(await _keeper.OthersAsync(OverlayNames.Of("test"), TestContext.Current.CancellationToken));
        Assert.Equal([OverlayNames.Of("test")], await _keeper.OthersAsync(OverlayNames.Of("next"), TestContext.Current.CancellationToken));
    }

    private Task<bool> ApplyAsync() => _keeper.ApplyAsync(_plan, TestContext.Current.CancellationToken);
}

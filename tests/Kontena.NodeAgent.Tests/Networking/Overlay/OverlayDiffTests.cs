using FsCheck;
using FsCheck.Fluent;
using Kontena.Contracts.Networking;
using Kontena.NodeAgent.Networking.Overlay;
using Xunit;
using static Kontena.NodeAgent.Tests.Networking.Overlay.SomeNetwork;

namespace Kontena.NodeAgent.Tests.Networking.Overlay;

/// <summary>The commands are carried out on a host of a page, <see cref="PaperHost"/>.</summary>
public sealed class OverlayDiffTests
{
    [Fact]
    public void Whatever_was_there_before_one_round_leads_to_the_plan_and_a_second_does_nothing()
    {
        var change = from driver in Gen.Elements("auto", "wireguard", "vxlan", "direct")
                     from nodes in Gen.SubListOf(Enumerable.Range(2, 6))
                     from moved in Gen.Elements(0, 1)
                     select Plan(Map(driver, ["192.168.0.0/24"], [Node(1), .. nodes.Select(number => Node(number, wire: number == 3 ? moved : 0))]), 1);
        Prop.ForAll(Gen.ListOf(change).ToArbitrary(), plans =>
        {
            var host = new PaperHost(OverlayNames.Of("test"));
            foreach (var plan in plans)
            {
                host.Run(Commands(plan, host.State));
                Assert.Empty(Commands(plan, host.State));
                Assert.Equal(plan.Routes.Select(route => route.To).Order(), host.State.Routes.Select(route => route.To).Order());
                Assert.Equal(plan.WireGuard is not null, host.State.Links.ContainsKey(plan.Names.WireGuard));
                Assert.Equal(plan.Vxlan is not null, host.State.Links.ContainsKey(plan.Names.Vxlan));
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_peer_that_roams_is_not_called_back_until_the_map_says_something_new()
    {
        var plan = Plan(Map("wireguard", [], Node(1), Node(2)), 1);
        var host = new PaperHost(plan.Names);
        host.Run(Commands(plan, host.State));
        host.Roam(Key(2), "198.51.100.7:40000");

        Assert.Empty(Commands(plan, host.State, new Dictionary<string, string> { [Key(2)] = "192.168.0.2:51820" }));
        Assert.Contains(Commands(plan, host.State), command => command.Arguments.Contains("endpoint")); // The agent has restarted and does not know.
    }

    [Fact]
    public void A_tunnel_whose_process_died_is_made_anew_with_all_its_peers()
    {
        var plan = Plan(Map("wireguard", [], Node(1), Node(2), Node(3)), 1);
        var host = new PaperHost(plan.Names);
        host.Run(Commands(plan, host.State));
        host.Lose(plan.Names.WireGuard);

        var commands = Commands(plan, host.State);
        Assert.Equal(OverlayDiff.MakeWireGuard, commands[0].Program);
        Assert.Equal(2, commands.Count(command => command is { Program: "ip" } && command.Arguments[0] == "route"));
    }

    [Fact]
    public void Routes_of_others_are_left_alone_and_those_of_an_earlier_grid_go()
    {
        var plan = Plan(Map("direct", [], Node(1)), 1);
        var state = new HostState { Routes = [new("10.81.9.0/24", null, "tun0", null, null, "static"), new("172.30.0.0/16", null, "x", null, null, "107")] };
        Assert.Equal("ip route del 172.30.0.0/16 proto 107", Assert.Single(Commands(plan, state)).ToString());
    }

    private static IReadOnlyList<HostCommand> Commands(OverlayPlan plan, HostState state, Dictionary<string, string>? last = null) =>
        OverlayDiff.Commands(plan, state, "/key", "OWN", last ?? []);
}

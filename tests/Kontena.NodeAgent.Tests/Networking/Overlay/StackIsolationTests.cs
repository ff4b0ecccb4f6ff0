using FsCheck;
using FsCheck.Fluent;
using Kontena.Contracts.Names;
using Kontena.Core.Names;
using Kontena.NodeAgent.Networking.Overlay;
using Kontena.NodeAgent.Tests.Names;
using Xunit;
using static Kontena.NodeAgent.Tests.Networking.Overlay.SomeNetwork;

namespace Kontena.NodeAgent.Tests.Networking.Overlay;

public sealed class StackIsolationTests
{
    private static readonly NamedInstance Web = Question.Row(1, "web", "shop", address: "10.81.1.2", node: "n1", exposed: true);
    private static readonly NamedInstance Db = Question.Row(1, "db", "shop", address: "10.81.1.3", node: "n1") with { Private = true };
    private static readonly NamedInstance Far = Question.Row(2, "db", "shop", address: "10.81.2.3", node: "n2") with { Private = true };
    private static readonly NamedInstance Stranger = Question.Row(1, "web", "other", address: "10.81.1.4", node: "n1");
    private static readonly NamedInstance Linked = Question.Row(1, "report", "office", address: "10.81.2.9", node: "n2") with { Links = ["shop/db"] };
    private static readonly NamedInstance Once = Question.Row(0, "migrate", "shop", address: "10.81.2.10", node: "n2") with { Nameless = true };

    [Fact]
    public void A_private_instance_takes_from_its_stack_and_from_who_has_a_link_to_its_service()
    {
        var isolation = StackIsolation.Of([Web, Db, Far, Stranger, Linked, Once], "n1");

        var group = Assert.Single(isolation.Groups);
        Assert.Equal(["10.81.1.3"], group.Addresses);
        Assert.Equal(["10.81.1.2", "10.81.1.3", "10.81.2.10", "10.81.2.3", "10.81.2.9"], group.Sources);
        Assert.Equal(["10.81.1.2", "10.81.1.4"], isolation.Open);
    }

    [Fact]
    public void Addresses_without_a_name_are_let_in_and_guarded_as_those_with_one()
    {
        var isolation = StackIsolation.Of(
        [
            Web with { OtherAddresses = ["10.81.1.20"] }, Db with { OtherAddresses = ["10.81.1.30", "10.81.1.31 -j ACCEPT"] }, Far with { OtherAddresses = ["10.81.2.30"] },
            Stranger with { OtherAddresses = ["10.81.1.40"] },
        ], "n1");

        var group = Assert.Single(isolation.Groups);
        Assert.Equal(["10.81.1.3", "10.81.1.30"], group.Addresses);
        Assert.Equal(["10.81.1.2", "10.81.1.20", "10.81.1.3", "10.81.1.30", "10.81.2.3", "10.81.2.30"], group.Sources);
        Assert.Equal(["10.81.1.2", "10.81.1.20", "10.81.1.4", "10.81.1.40"], isolation.Open);
    }

    [Fact]
    public void Without_private_stacks_no_rule_is_made_for_them()
    {
        var plan = Plan(Map("direct", [], Node(1), Node(2)), 1);

        Assert.DoesNotContain(plan.Firewall.Chains, chain => chain.Chain.Contains("-iso", StringComparison.Ordinal));
        Assert.DoesNotContain(plan.Firewall.Chains.SelectMany(chain => chain.Rules), rule => rule.Contains("-iso", StringComparison.Ordinal));
    }

    [Fact]
    public void What_was_let_through_and_what_was_published_passes_before_anything_is_asked()
    {
        var chains = Chains(Map("direct", [], Node(1), Node(2)), [Web, Db]);

        Assert.Contains(chains["kontena-fwd"], rule => rule.Contains("! --ctstate RELATED,ESTABLISHED -j kontena-iso-", StringComparison.Ordinal));
        Assert.Equal("-m conntrack --ctstate DNAT -j RETURN", chains["kontena-iso"][0]);
        // Asked before a peer's packets are accepted.
        Assert.True(chains["kontena-fwd"].ToList().FindIndex(rule => rule.Contains("kontena-iso", StringComparison.Ordinal))
            < chains["kontena-fwd"].ToList().FindIndex(rule => rule.Contains("-s 10.81.2.0/24", StringComparison.Ordinal)));
    }

    [Fact]
    public void An_address_that_is_not_known_yet_takes_from_nobody_and_one_that_is_no_address_makes_no_rule()
    {
        var chains = Chains(Map("direct", [], Node(1), Node(2)), [Web, Db, Stranger with { InstanceId = "x", Address = "10.81.1.4 -j ACCEPT" }]);

        Assert.False(Passes(chains, "10.81.1.2", "10.81.1.77"));
        Assert.DoesNotContain(chains.Values.SelectMany(rules => rules), rule => rule.Contains("-j ACCEPT/32", StringComparison.Ordinal));
    }

    [Fact]
    public void Sources_beyond_the_limit_are_refused_and_the_node_says_so()
    {
        var many = Enumerable.Range(0, StackIsolation.MostSources).Select(at => Question.Row(at, "web", "shop", address: $"10.81.{2 + (at / 250)}.{1 + (at % 250)}", node: "n2"));
        var host = Host(1) with { Isolation = StackIsolation.Of([Db, .. many], "n1") };
        var map = Map("direct", [], Node(1), Node(2));

        Assert.Equal(1, host.Isolation!.LeftOut);
        Assert.Contains(OverlayPlanner.Plan(map, map.Nodes[0], host).Problems, problem => problem.Contains("1 are refused", StringComparison.Ordinal));
    }

    [Fact]
    public void The_rules_let_through_whom_the_stacks_do_and_nobody_else()
    {
        var row = from number in Gen.Choose(2, 6)
                  from service in Gen.Elements("web", "db")
                  from stack in Gen.Elements("shop", "office", "null")
                  from node in Gen.Elements(1, 2)
                  from isPrivate in Gen.Elements(true, false)
                  from link in Gen.Elements(null, "shop/db", "office/web")
                  select Question.Row(number, service, stack, address: $"10.81.{node}.{number}", node: $"n{node}") with
                  {
                      Private = isPrivate && stack != "null", Links = link is null ? null : [link],
                  };
        Prop.ForAll(Gen.ArrayOf(row).ToArbitrary(), all =>
        {
            var rows = all.DistinctBy(one => one.Address).ToList();
            var chains = Chains(Map("direct", [], Node(1), Node(2)), rows);
            return rows.Where(to => to.NodeId == "n1").All(to => rows.All(from => Passes(chains, from.Address, to.Address) == Reach.Is(from, to)));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public async Task Chains_of_groups_that_are_over_go_and_none_is_left_when_the_grid_is_left()
    {
        var firewall = new PaperFirewall();
        var keeper = new FirewallKeeper(firewall);
        var map = Map("direct", [], Node(1), Node(2));
        var other = Question.Row(5, "db", "office", address: "10.81.1.9", node: "n1") with { Private = true };

        await ApplyAsync(StackIsolation.Of([Web, Db, other], "n1"));
        Assert.Contains(":kontena-iso1-", firewall.Save(), StringComparison.Ordinal);
        Assert.True(await ApplyAsync(StackIsolation.Of([Web, Db], "n1")));
        Assert.DoesNotContain(":kontena-iso1-", firewall.Save(), StringComparison.Ordinal);
        Assert.False(await ApplyAsync(StackIsolation.Of([Web, Db], "n1")));
        firewall.Flush();
        Assert.True(await ApplyAsync(StackIsolation.Of([Web, Db], "n1")));
        Assert.True(await ApplyAsync(null));
        Assert.DoesNotContain("kontena-iso", firewall.Save(), StringComparison.Ordinal);

        await ApplyAsync(StackIsolation.Of([Web, Db, other], "n1"));
        await keeper.RemoveAsync(OverlayNames.Of("test"), TestContext.Current.CancellationToken);
        Assert.DoesNotContain("kontena-", firewall.Save(), StringComparison.Ordinal);

        Task<bool> ApplyAsync(StackIsolation? isolation) =>
            keeper.ApplyAsync(OverlayPlanner.Plan(map, map.Nodes[0], Host(1) with { Isolation = isolation }).Firewall, TestContext.Current.CancellationToken);
    }

    /// <summary>By name without the grid's mark.</summary>
    private static Dictionary<string, IReadOnlyList<string>> Chains(Contracts.Networking.NetworkMap map, IReadOnlyList<NamedInstance> rows) =>
        OverlayPlanner.Plan(map, map.Nodes[0], Host(1) with { Isolation = StackIsolation.Of(rows, "n1") }).Firewall.Chains
            .Where(chain => chain.Table == "filter").ToDictionary(chain => chain.Chain[..^7], chain => chain.Rules);

    /// <summary>As the kernel reads the chains: the first rule that fits counts.</summary>
    private static bool Passes(Dictionary<string, IReadOnlyList<string>> chains, string from, string to, string chain = "kontena-iso")
    {
        foreach (var rule in chains[chain].Select(rule => rule.Split(' ')).Where(rule => rule[0] != "-m"))
        {
            if ((rule[0] == "-s" && rule[1] != $"{from}/32") || (rule[0] == "-d" && rule[1] != $"{to}/32"))
                continue;
            if (rule[^2] == "-g")
                return Passes(chains, from, to, rule[^1][..^7]);
            return rule[^1] == "RETURN";
        }

        return true;
    }
}

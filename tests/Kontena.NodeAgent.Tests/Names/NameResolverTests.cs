using System.Collections.Immutable;
using System.Net;
using Kontena.Contracts.Names;
using Kontena.NodeAgent.Names;
using Kontena.NodeAgent.Names.Wire;
using Xunit;

namespace Kontena.NodeAgent.Tests.Names;

public sealed class NameResolverTests
{
    private static readonly IPNetwork Block = IPNetwork.Parse("10.81.0.0/16");
    private static readonly NameAsker Shopper = new("x", ["shop.test.kontena.local", "test.kontena.local"], new Dictionary<string, string> { ["database"] = "db.data.test.kontena.local" });

    private static readonly NamesView View = Of(
        Question.Row(1), Question.Row(2), Question.Row(3, standing: NameStanding.Starting), Question.Row(4, service: "db", stack: "data", exposed: true), Question.Row(5, service: "lone", stack: "null"));

    private static NamesView Of(params NamedInstance[] rows) => new(
        NamesTable.Of("test").After(rows.Select(row => ((NamedInstance?)null, (NamedInstance?)row))),
        ImmutableDictionary<string, string>.Empty.Add("database.shop.test.kontena.local", "db.data.test.kontena.local"), ImmutableDictionary<uint, NameAsker>.Empty);

    private static string Ask(string name, DnsType type = DnsType.A, NameAsker? asker = null, NamesView? view = null) =>
        NameResolver.Answer(view ?? View, asker, Block, name, type) is not { } answer ? "others"
        : answer.Outcome == NameOutcome.Missing ? "missing"
        : string.Join(' ', [.. answer.Targets.Select(one => one.Row.Address), .. answer.Pointers, .. answer.Services.Select(one => $"{one.Port}@{one.Target.OwnName}")]);

    [Theory]
    [InlineData("web.shop.test.kontena.local", "10.81.1.2 10.81.1.3")]
    [InlineData("web-2.shop.test.kontena.local", "10.81.1.3")]
    [InlineData("data.test.kontena.local", "10.81.1.5")]
    [InlineData("data-4.test.kontena.local", "10.81.1.5")]
    [InlineData("lone.test.kontena.local", "10.81.1.6")]
    [InlineData("lone-5.kontena.local", "10.81.1.6")]
    [InlineData("lone.kontena.local", "10.81.1.6")]
    [InlineData("web.shop", "10.81.1.2 10.81.1.3")]
    public void The_documented_names_are_found(string name, string addresses) => Assert.Equal(addresses, Ask(name));

    [Theory]
    [InlineData("web", "10.81.1.2 10.81.1.3")]
    [InlineData("database", "10.81.1.5")]
    [InlineData("database.shop.test.kontena.local", "10.81.1.5")]
    [InlineData("data", "10.81.1.5")]
    [InlineData("example.com", "others")]
    public void A_container_finds_its_neighbours_and_its_links_by_their_short_names(string name, string addresses) => Assert.Equal(addresses, Ask(name, asker: Shopper));

    [Fact]
    public void Who_cannot_be_reached_is_not_answered_either()
    {
        var db = Question.Row(1, "db", "safe") with { Private = true };
        var view = Of(db, Question.Row(2, "web", "safe", exposed: true), Question.Row(3, "job", "safe") with { Nameless = true });
        const string Name = "db.safe.test.kontena.local";
        var member = Shopper with { Row = Question.Row(9, "web", "safe") };
        var linked = Shopper with { Row = Question.Row(9, "web", "shop") with { Links = ["safe/db"] } };
        var stranger = Shopper with { Row = Question.Row(9, "web", "shop") };

        Assert.Equal((db.Address, db.Address), (Ask(Name, asker: member, view: view), Ask(Name, asker: linked, view: view)));
        Assert.Equal(("missing", "missing"), (Ask(Name, asker: stranger, view: view), Ask(Name, view: view)));
        Assert.Equal("missing", Ask("2.1.81.10.in-addr.arpa", DnsType.Ptr, stranger, view));
        Assert.Equal("missing", Ask("_80._tcp." + Name, DnsType.Srv, stranger, view));
        Assert.Equal("10.81.1.3", Ask("safe.test.kontena.local", asker: stranger, view: view));
        Assert.Equal("missing", Ask("job.safe.test.kontena.local", asker: member, view: view));
        Assert.Single(NameResolver.Answer(view, null, Block, Name, DnsType.A, fromHost: true)!.Value.Targets);
    }

    [Fact]
    public void Aliases_of_one_container_are_no_names_for_another() =>
        Assert.Equal(("missing", "10.81.1.5"), (Ask("database.shop.test.kontena.local", asker: Shopper with { Aliases = ImmutableDictionary<string, string>.Empty }), Ask("database.shop.test.kontena.local")));

    [Theory]
    [InlineData("nobody.shop.test.kontena.local", "missing")]
    [InlineData("shop.test.kontena.local", "")]
    [InlineData("test.kontena.local", "")]
    [InlineData("kontena.local", "")]
    [InlineData("web.shop.other.kontena.local", "missing")]
    [InlineData("kontena.localhost", "others")]
    [InlineData("example.com", "others")]
    [InlineData("", "others")]
    public void What_is_not_there_is_told_apart_from_what_others_know(string name, string answer) => Assert.Equal(answer, Ask(name));

    [Fact]
    public void A_name_that_is_there_has_no_address_of_version_6_and_that_is_no_error() => Assert.Equal("", Ask("web.shop.test.kontena.local", DnsType.Aaaa));

    [Theory]
    [InlineData("2.1.81.10.in-addr.arpa", "web-1.shop.test.kontena.local")]
    [InlineData("99.1.81.10.in-addr.arpa", "missing")]
    [InlineData("1.1.168.192.in-addr.arpa", "others")]
    [InlineData("1.81.10.in-addr.arpa", "others")]
    public void Addresses_of_the_grid_are_found_backwards(string name, string answer) => Assert.Equal(answer, Ask(name, DnsType.Ptr));

    [Theory]
    [InlineData("_80._tcp.web.shop.test.kontena.local", "80@web-1.shop.test.kontena.local 80@web-2.shop.test.kontena.local")]
    [InlineData("_tcp.web.shop.test.kontena.local", "80@web-1.shop.test.kontena.local 80@web-2.shop.test.kontena.local")]
    [InlineData("_80._udp.web.shop.test.kontena.local", "missing")]
    [InlineData("_81._tcp.web.shop.test.kontena.local", "missing")]
    [InlineData("_http._tcp.web.shop.test.kontena.local", "missing")]
    [InlineData("_sip._tcp.example.com", "others")]
    [InlineData("_tcp", "others")]
    [InlineData("_80._tcp", "others")]
    public void Ports_of_a_service_are_found(string name, string answer) => Assert.Equal(answer, Ask(name, DnsType.Srv));

    [Theory]
    [InlineData(NameStanding.Suspect, NameStanding.Ready, "10.81.1.3")]
    [InlineData(NameStanding.Suspect, NameStanding.Starting, "10.81.1.2")]
    [InlineData(NameStanding.Leaving, NameStanding.Starting, "10.81.1.3")]
    [InlineData(NameStanding.Leaving, NameStanding.Leaving, "10.81.1.2 10.81.1.3")]
    public void Only_the_best_there_are_answer_and_there_is_always_somebody(NameStanding one, NameStanding other, string answer) =>
        Assert.Equal(answer, Ask("web.shop.test.kontena.local", view: Of(Question.Row(1, standing: one), Question.Row(2, standing: other))));
}

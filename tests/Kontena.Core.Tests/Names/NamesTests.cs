using Kontena.Contracts.Instances;
using Kontena.Contracts.Names;
using Kontena.Core.Names;
using Xunit;

namespace Kontena.Core.Tests.Names;

public sealed class NamesTests
{
    private static readonly InstanceSpec Spec = new()
    {
        Name = "shop.web-1", Grid = "test", Stack = "shop", Service = "web", ServiceUid = "u", Number = 1, Image = "i", ServiceRevision = 1, DeployRev = "d", WaitForPort = 8080,
        DnsNames = DomainNames.OfInstance("test", "shop", "web", 1, exposed: true),
    };

    private static readonly InstanceObserved Seen = new()
    {
        Grid = "test", Node = "node-1", NodeId = "N1", InstanceId = "a", Generation = 1, Sequence = 1, State = ObservedState.Running, Ready = true, Address = "10.81.1.2",
    };

    private static NamedInstance? Row(InstanceObserved seen, bool wanted = true, bool suspect = false) => NamedInstances.Of(seen, Spec, wanted, suspect);

    [Fact]
    public void What_is_seen_of_an_instance_says_how_good_an_answer_it_is()
    {
        Assert.Equal(NameStanding.Ready, Row(Seen)!.Standing);
        Assert.Equal(NameStanding.Suspect, Row(Seen, suspect: true)!.Standing);
        Assert.Equal(NameStanding.Starting, Row(Seen with { Ready = false })!.Standing);
        // The old revision serves while its successor's image is fetched, though the deploy may not count it.
        Assert.Equal(NameStanding.Ready, Row(Seen with { Ready = false, Serves = true })!.Standing);
        Assert.Equal(NameStanding.Leaving, Row(Seen with { State = ObservedState.Stopping })!.Standing);
        Assert.Equal(NameStanding.Leaving, Row(Seen, wanted: false)!.Standing);
        Assert.True(Row(Seen)!.Exposed);
        Assert.Equal([new NamedPort(8080, "tcp")], Row(Seen)!.Ports);
    }

    [Fact]
    public void What_has_no_address_in_the_grid_has_no_name()
    {
        Assert.Null(Row(Seen with { Address = null }));
        Assert.Null(Row(Seen with { Address = "fe80::1" }));
        Assert.Null(NamedInstances.Of(Seen, Spec with { Net = "host" }, wanted: true, suspect: false));
        Assert.Null(NamedInstances.Of(Seen, Spec with { RunOnce = new RunOnce() }, wanted: true, suspect: false));
    }

    [Fact]
    public void What_runs_once_is_told_without_a_name_where_its_address_opens_a_stack_to_it()
    {
        var once = Spec with { RunOnce = new RunOnce(), DnsNames = [] };
        var row = NamedInstances.Of(Seen, once with { OfPrivateStack = true }, wanted: true, suspect: false)!;
        Assert.Equal((true, NameStanding.Leaving), (row.Nameless, row.Standing));
        var linked = NamedInstances.Of(Seen, once with { LinkAliases = [new LinkAlias("db", "data", "db"), new LinkAlias("x", "shop", "x"), new LinkAlias("y", "null", "y")] }, wanted: true, suspect: false)!;
        Assert.Equal(["data/db"], linked.Links!);
        Assert.NotEqual(NamesDigest.Of(row), NamesDigest.Of(row with { Nameless = false }));
        Assert.NotEqual(NamesDigest.Of(linked), NamesDigest.Of(linked with { Links = null }));
        Assert.NotEqual(NamesDigest.Of(Row(Seen)!), NamesDigest.Of(Row(Seen)! with { Private = true }));
    }

    [Fact]
    public void Containers_without_the_name_are_told_where_their_addresses_open_a_stack_and_known_on_their_own_node()
    {
        var seen = Seen with { OtherAddresses = ["10.81.1.3", "fe80::1", "10.81.1.4"] };
        var spec = Spec with { OfPrivateStack = true };
        var row = NamedInstances.Of(seen, spec, wanted: true, suspect: false)!;
        Assert.Equal(["10.81.1.2", "10.81.1.3", "10.81.1.4"], row.Addresses);
        Assert.NotEqual(NamesDigest.Of(row), NamesDigest.Of(row with { OtherAddresses = null }));

        // A hook, before the container that it goes before.
        var hook = NamedInstances.Of(seen with { Address = null, State = ObservedState.Creating, Ready = false }, spec, wanted: true, suspect: false)!;
        Assert.True(hook.Nameless);
        Assert.Equal(["10.81.1.3", "10.81.1.4"], hook.Addresses);

        Assert.Null(Row(seen)!.OtherAddresses);
        Assert.Equal(["10.81.1.3", "10.81.1.4"], NamedInstances.Of(seen, Spec, wanted: true, suspect: false, here: true)!.OtherAddresses!);
        Assert.Null(NamedInstances.Of(seen with { Address = null }, Spec, wanted: true, suspect: false, here: true));
        Assert.Equal(NamedInstance.MostOthers, NamedInstances.Of(Seen with { OtherAddresses = [.. Enumerable.Range(3, 20).Select(at => $"10.81.1.{at}")] }, spec, wanted: true, suspect: false)!.OtherAddresses!.Count);
    }

    [Fact]
    public void A_digest_tells_tables_apart_and_does_not_ask_how_they_came_about()
    {
        var (one, other) = (Row(Seen)!, Row(Seen with { InstanceId = "b", Address = "10.81.1.3" })!);
        var both = default(NamesDigest).With(one).With(other);

        Assert.Equal(both, default(NamesDigest).With(other).With(one));
        Assert.Equal(default(NamesDigest).With(other), both.Without(one));
        Assert.NotEqual(both, default(NamesDigest).With(one).With(other with { Standing = NameStanding.Suspect }));
        Assert.NotEqual(both, default(NamesDigest).With(one).With(other with { Ports = [] }));
        Assert.Matches("^[0-9a-f]{16}$", both.ToString());
    }
}

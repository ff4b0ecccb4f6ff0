using Kontena.Contracts.Instances;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;
using Kontena.Contracts.Volumes;
using Kontena.Scheduler.InstanceSpecs;
using Kontena.Scheduler.Tests.Placement;
using Kontena.Scheduler.Tests.World;

namespace Kontena.Scheduler.Tests.Volumes;

/// <summary>Where instances with named volumes may go (runtime.md §2.3, §2.13).</summary>
public sealed class VolumePlacementTests
{
    private static readonly Volume Data = Some.Volume("data");
    private static readonly Volume Shared = Some.Volume("shared", VolumeScope.Grid);

    private static Service Db(params IReadOnlyList<string> volumes) => Some.Service("db", Some.Spec() with { Volumes = volumes });

    private static PlacementBed Bed(int nodes, params IEnumerable<Volume> volumes)
    {
        var bed = new PlacementBed(nodes);
        bed.Volumes.AddRange(volumes);
        return bed;
    }

    private static Node With(Node node, params IEnumerable<DriverVersion> drivers) =>
        node with { Facts = node.Facts! with { VolumeDrivers = [new DriverVersion("local", null), .. drivers] } };

    [Fact]
    public void An_instance_goes_where_its_volume_is_though_the_service_is_new()
    {
        var bed = Bed(3, Data);
        bed.VolumeInstances.Add(Some.VolumeOn(2, "shop.db.data-1", Data));
        Assert.Equal([2], bed.Place(Db("data:/data")));
    }

    [Fact]
    public void A_second_volume_does_not_undo_the_first() // runtime.md §2.3 [BUG]
    {
        var bed = Bed(3, Data, Shared);
        bed.VolumeInstances.Add(Some.VolumeOn(2, "shop.db.data-1", Data));
        bed.VolumeInstances.Add(Some.VolumeOn(3, "shared", Shared));
        Assert.Equal([2], bed.Place(Db("data:/data", "shared:/shared", "/srv:/srv")));
        bed.Replace(node => node.Number == 2 ? node with { Availability = NodeAvailability.Drain } : node);
        Assert.Contains("2 not holding the data of shop.db-1", bed.Refuse(Db("data:/data", "shared:/shared")).Summary, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(VolumeScope.Stack, "shop.shared")]
    [InlineData(VolumeScope.Grid, "shared")]
    public void A_volume_that_is_shared_binds_nothing_to_a_node(VolumeScope scope, string name)
    {
        var volume = Some.Volume("shared", scope);
        var bed = Bed(2, volume);
        bed.VolumeInstances.Add(Some.VolumeOn(2, name, volume));
        Assert.Equal([1], bed.Place(Db("shared:/shared")));
    }

    [Fact]
    public void The_driver_must_be_on_the_node_whatever_its_version() // runtime.md §9.5 M12
    {
        var volume = Some.Volume("data", VolumeScope.Grid, "rexray/ebs");
        var bed = new PlacementBed([With(Some.Node(1)), With(Some.Node(2), new DriverVersion("rexray/ebs", "0.11")), Some.Node(3)]);
        bed.Volumes.Add(volume);
        Assert.Equal([2], bed.Place(Db("data:/data")));
        bed.Replace(node => With(node));
        var refusal = bed.Refuse(Db("data:/data"));
        Assert.Equal("no node for shop.db-1: of 3 nodes 3 without volume driver rexray/ebs", refusal.Summary);
        Assert.Contains("offers local", refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_volume_that_is_not_there_is_named()
    {
        var refusal = Bed(1).Refuse(Db("data:/data")).ToString();
        Assert.Contains("the grid has no volume data", refusal, StringComparison.Ordinal);
        Assert.Contains("kontena volume create", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_of_an_earlier_volume_of_the_name_is_not_mistaken_for_it()
    {
        var bed = Bed(2, Data);
        bed.VolumeInstances.Add(Some.VolumeOn(1, "shop.db.data-1", Data with { Uid = "the one before" }) with { RemovalOrderedAt = Some.Start });
        Assert.Equal([2], bed.Place(Db("data:/data")));
        bed.Replace(node => node.Number == 2 ? node with { Availability = NodeAvailability.Drain } : node);
        Assert.Contains("1 still holding an earlier volume data", bed.Refuse(Db("data:/data")).Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_is_bound_to_the_machine_not_to_its_name()
    {
        var bed = Bed(2);
        var service = Some.Service("db", Some.Spec() with { Stateful = true });
        Assert.Equal([1], bed.Settle(service));
        // The record was removed; another machine has taken the name, and then the machine itself came back under a new one.
        bed.Replace(node => node.Number == 1 ? node with { NodeId = "another machine" } : node);
        var refusal = bed.Refuse(service).ToString();
        Assert.Contains("the data of shop.db-1 is on node-1, which was removed from the grid", refusal, StringComparison.Ordinal);
        Assert.Contains("kontena service deploy --accept-data-loss shop/db", refusal, StringComparison.Ordinal);
        bed.Replace(node => node.Number == 2 ? node with { NodeId = "ID1" } : node);
        Assert.Equal([2], bed.Place(service));
    }

    [Theory]
    [InlineData(VolumeScope.Instance, "shop.db.data-3")]
    [InlineData(VolumeScope.Stack, "shop.data")]
    [InlineData(VolumeScope.Grid, "data")]
    public void Docker_volumes_are_called_by_scope(VolumeScope scope, string expected) // runtime.md §2.13
    {
        var volume = Some.Volume("data", scope, "rexray/ebs") with { DriverOpts = new Dictionary<string, string> { ["size"] = "5" } };
        var node = With(Some.Node(1), new DriverVersion("rexray/ebs", "0.11"));
        var spec = InstanceSpecBuilder.Build(Db("data:/data:ro"), null, node, 3, "r1", volumes: _ => volume);
        var mount = Assert.Single(spec.Volumes);
        Assert.Equal(("/data", null, expected, "ro"), (mount.Path, mount.BindMount, mount.Volume, mount.Flags));
        Assert.Equal(("data", volume.Uid, "rexray/ebs:0.11", volume.DriverOpts), (mount.Source!.Volume, mount.Source.Uid, mount.Source.Driver, mount.Source.DriverOpts));
    }

    [Fact]
    public void Without_a_stack_the_service_alone_names_its_volume()
    {
        var service = Some.Service("db", Some.Spec() with { Volumes = ["data:/data"] }, Service.NoStack);
        Assert.Equal("db.data-1", Assert.Single(InstanceSpecBuilder.Build(service, null, Some.Node(1), 1, "r1", volumes: _ => Data).Volumes).Volume);
    }
}

using Kontena.Contracts.Instances;
using Kontena.Docker;
using Kontena.NodeAgent.Instances;
using Kontena.NodeAgent.Tests.Support;
using Xunit;

namespace Kontena.NodeAgent.Tests.Instances;

public class DataVolumesTests
{
    private static readonly ImageDetails Image = new("sha256:one", [], [], [], ["/var/lib/db/", "/named"]);

    [Fact]
    public void Paths_of_the_service_and_of_the_image_get_a_volume_each()
    {
        var spec = Some.Spec() with { Stateful = true, Volumes = [new VolumeMount("/own"), new VolumeMount("/named", Volume: "v")] };

        Assert.Equal(["/own", "/var/lib/db"], DataVolumes.Of(spec, Image).Select(one => one.Path));
    }

    [Fact]
    public void A_stateless_instance_has_none() => Assert.Empty(DataVolumes.Of(Some.Spec(), Image));

    [Fact]
    public void Names_are_readable_and_differ_where_paths_do()
    {
        var one = DataVolumes.NameOf("shop.db-1", "/a/b");

        Assert.StartsWith("shop.db-1.a-b.", one, StringComparison.Ordinal);
        Assert.NotEqual(one, DataVolumes.NameOf("shop.db-1", "/a-b"));
        Assert.True(DataVolumes.NameOf("shop.db-1", "/" + new string('x', 300)).Length < 80);
    }
}

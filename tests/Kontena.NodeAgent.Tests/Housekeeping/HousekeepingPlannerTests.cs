using FsCheck;
using FsCheck.Fluent;
using Kontena.Contracts.Instances;
using Kontena.Docker;
using Kontena.NodeAgent.Housekeeping;
using Kontena.NodeAgent.Instances;
using Kontena.NodeAgent.Orders;
using Kontena.NodeAgent.Tests.Support;
using Xunit;

namespace Kontena.NodeAgent.Tests.Housekeeping;

public class HousekeepingPlannerTests
{
    private const string Uid = "5f0000000000000000000001";
    private static readonly DiskUse Full = new(100, 10);
    private static readonly DateTimeOffset Now = Some.Noon;

    private static ImageSummary Image(string id, params string[] tags) => new() { Id = id, RepoTags = tags, Size = 10 };

    private static ImageUse Use(string id, string reference, double hoursAgo, string service = "gone") => new(id, reference, service, Now.AddHours(-hoursAgo));

    private static ContainerSummary Container(string imageId, string state = "running", string type = "container", double hoursAgo = 5, string instance = "none") => new()
    {
        Id = "c-" + imageId, Name = "c-" + imageId, Image = "x", ImageId = imageId, State = state, CreatedAt = Now.AddHours(-hoursAgo),
        Labels = new Dictionary<string, string> { [ManagedLabels.Type] = type, [ManagedLabels.InstanceId] = instance },
    };

    private static HousekeepingPlan Plan(
        IReadOnlyList<ImageSummary> images, IReadOnlyList<ImageUse> uses, DiskUse? disk = null, IReadOnlyList<ContainerSummary>? containers = null, IReadOnlyList<InstanceOrder>? orders = null) =>
        HousekeepingPlanner.Plan(new HousekeepingScene
        {
            Now = Now, Disk = disk ?? Full, High = 85, Low = 75, Images = images, Uses = uses, Containers = containers ?? [], Orders = orders ?? [],
        });

    private static string KeptBecause(HousekeepingPlan plan) => Assert.Single(plan.Kept).Reason;

    [Fact]
    public void Below_the_high_mark_nothing_goes() => Assert.Empty(Plan([Image("a", "a:1")], [Use("a", "a:1", 99)], new DiskUse(100, 20)).Images);

    [Fact]
    public void A_disk_that_cannot_be_seen_is_no_reason_to_remove()
    {
        var plan = HousekeepingPlanner.Plan(new HousekeepingScene { Now = Now, High = 85, Low = 75, Images = [Image("a", "a:1")], Uses = [Use("a", "a:1", 99)] });
        Assert.Empty(plan.Images);
    }

    [Fact]
    public void The_least_lately_used_goes_first()
    {
        var plan = Plan([Image("a", "a:1"), Image("b", "b:1"), Image("c", "c:1")], [Use("a", "a:1", 5), Use("b", "b:1", 50), Use("c", "c:1", 20)]);
        Assert.Equal(["b", "c", "a"], plan.Images.Select(one => one.ImageId));
    }

    [Fact]
    public void What_the_operator_pulled_by_hand_stays() => Assert.Equal("no order ever named it", KeptBecause(Plan([Image("a", "tools:1")], [])));

    [Fact]
    public void What_the_operator_named_as_well_stays() =>
        Assert.Equal("it is also mine:keep, which no order named", KeptBecause(Plan([Image("a", "a:1", "mine:keep")], [Use("a", "a:1", 99)])));

    [Fact]
    public void What_a_container_uses_stays_though_it_is_stopped_and_a_strangers() =>
        Assert.Equal("a container uses it", KeptBecause(Plan([Image("a", "a:1")], [Use("a", "a:1", 99)], containers: [Container("a", "exited")])));

    [Theory]
    [InlineData("a:1")]
    [InlineData("docker.io/library/a:1")]
    public void What_an_order_wants_stays_however_it_is_spelled(string ordered) => Assert.Equal(
        "an order wants a:1",
        KeptBecause(Plan([Image("a", "a:1")], [Use("a", ordered, 99)], orders: [Some.Order(Some.Spec(image: ordered))])));

    [Fact]
    public void What_was_used_within_the_hour_stays() =>
        Assert.Equal("it was used 30 minutes ago", KeptBecause(Plan([Image("a", "a:1")], [Use("a", "a:1", 0.5)])));

    [Fact]
    public void The_last_two_of_a_service_that_is_here_stay_for_a_roll_back()
    {
        IReadOnlyList<ImageSummary> images = [Image("v1", "w:1"), Image("v2", "w:2"), Image("v3", "w:3")];
        IReadOnlyList<ImageUse> uses = [Use("v1", "w:1", 90, Uid), Use("v2", "w:2", 50, Uid), Use("v3", "w:3", 2, Uid)];

        var here = Plan(images, uses, orders: [Some.Order(Some.Spec(image: "w:3"))]);
        var gone = Plan(images, uses);

        Assert.Equal(["v1"], here.Images.Select(one => one.ImageId));
        Assert.Contains(here.Kept, one => one is { ImageId: "v2", Reason: "one of the last 2 of service shop/web" });
        Assert.Equal(["v1", "v2", "v3"], gone.Images.Select(one => one.ImageId));
    }

    [Fact]
    public void A_tag_that_has_moved_on_leaves_an_image_without_names_that_goes_by_its_id()
    {
        var removal = Assert.Single(Plan([Image("old")], [Use("old", "w:latest", 9)]).Images);
        Assert.Equal(["old"], removal.References);
    }

    [Fact]
    public void A_hooks_container_that_nobody_knows_goes_after_an_hour()
    {
        var order = Some.Order();
        var plan = Plan(
            [], [], new DiskUse(100, 90),
            [
                Container("old", "exited", ManagedLabels.HookType),
                Container("young", "exited", ManagedLabels.HookType, hoursAgo: 0.5),
                Container("runs", "running", ManagedLabels.HookType),
                Container("known", "exited", ManagedLabels.HookType, instance: order.InstanceId),
                Container("instance", "exited"),
            ],
            [order]);

        Assert.Equal(["c-old"], plan.Hooks.Select(one => one.ContainerId));
    }

    [Fact]
    public void Whatever_is_there_nothing_used_wanted_young_or_strange_goes() => Prop.ForAll(
        Gen.Choose(0, 1_000_000).ToArbitrary(),
        seed =>
        {
            var random = new System.Random(seed);
            string[] names = ["a:1", "b:1", "c:1", "d:1", "e:1"];
            var images = names.Select((name, index) => Image($"i{index}", random.Next(4) == 0 ? [name, "x:" + index] : [name])).ToList();
            var uses = Enumerable.Range(0, random.Next(12))
                .Select(_ => random.Next(names.Length))
                .Select(index => Use($"i{index}", names[index], random.NextDouble() * 4, random.Next(2) == 0 ? Uid : "other"))
                .ToList();
            var containers = images.Where(_ => random.Next(4) == 0).Select(image => Container(image.Id, "exited")).ToList();
            List<InstanceOrder> orders = random.Next(2) == 0 ? [Some.Order(Some.Spec(image: names[random.Next(names.Length)]))] : [];
            var plan = Plan(images, uses, containers: containers, orders: orders);
            return plan.Images.Count + plan.Kept.Count == images.Count && plan.Images.All(going =>
                uses.Any(use => use.ImageId == going.ImageId)
                && uses.Where(use => use.ImageId == going.ImageId).All(use => Now - use.LastUsedAt >= HousekeepingPlanner.Fresh)
                && containers.All(one => one.ImageId != going.ImageId)
                && going.References.All(reference => orders.All(order => order.Spec!.Image != reference) && !reference.StartsWith("x:", StringComparison.Ordinal)));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
}

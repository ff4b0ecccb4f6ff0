using Kontena.Contracts.Grids;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;
using Kontena.Scheduler.Placement;
using Kontena.Scheduler.Tests.World;

namespace Kontena.Scheduler.Tests.Placement;

/// <summary>Bin-packing, spread keys, bounds per node, reservations and quotas.</summary>
public sealed class CapacityTests
{
    [Fact]
    public void Binpack_fills_one_node_before_the_next()
    {
        var bed = new PlacementBed(3);
        bed.Settle(Some.Service("db", Some.Spec() with { Memory = 1024 * Some.Mega, Affinity = ["node==node-2"] }));
        Assert.Equal([2, 2, 2, 1, 1], bed.Place(Some.Service(spec: Some.Spec(5) with { Strategy = "binpack", MemoryReservation = 1024 * Some.Mega })));
        Assert.Equal([2, 2, 1], bed.Place(Some.Service(spec: Some.Spec(3) with { Strategy = "binpack", CpuReservation = 2 })));
        Assert.Equal([2, 2, 1], bed.Place(Some.Service(spec: Some.Spec(3) with { Strategy = "binpack", MaxPerNode = 2 })));
    }

    [Fact]
    public void Instances_spread_over_the_label_that_is_named()
    {
        var bed = new PlacementBed([Some.Node(1, "az=a", "rack=1"), Some.Node(2, "az=b", "rack=1"), Some.Node(3, "az=b", "rack=2")]);
        Assert.Equal([1, 2, 3], bed.Place(Some.Service(spec: Some.Spec(3))));
        Assert.Equal([1, 3, 2, 3], bed.Place(Some.Service(spec: Some.Spec(4) with { Spread = "rack" })));
        var packed = Some.Spec(4) with { Strategy = "binpack", Spread = "az", CpuReservation = 1 };
        Assert.Equal([1, 2, 1, 2], bed.Place(Some.Service(spec: packed)));
    }

    [Fact]
    public void No_node_gets_more_than_the_service_allows()
    {
        var bed = new PlacementBed(2);
        Assert.Equal([1, 2, 1, 2], bed.Place(Some.Service(spec: Some.Spec(4) with { MaxPerNode = 2 })));
        var refusal = bed.Refuse(Some.Service(spec: Some.Spec(5) with { MaxPerNode = 2 }));
        Assert.Equal("no node for shop.web-5: of 2 nodes 2 holding 2 already", refusal.Summary);
        Assert.Contains("raise deploy.max_per_node", refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_seen_is_reserved_where_nothing_is_said()
    {
        var bed = new PlacementBed(1) { Rules = new SceneRules { Peaks = Peak("shop/web", 1600) } };
        Assert.Equal([1, 1], bed.Place(Some.Service(spec: Some.Spec(2))));
        var refusal = bed.Refuse(Some.Service(spec: Some.Spec(3))).ToString();
        Assert.Contains("96 MB of 4096 MB are not reserved, 2000 MB needed", refusal, StringComparison.Ordinal);
        Assert.Contains("say what it needs (deploy.reservations.memory", refusal, StringComparison.Ordinal);
        Assert.Equal([1, 1, 1], bed.Place(Some.Service(spec: Some.Spec(3) with { MemoryReservation = 64 * Some.Mega })));
    }

    [Fact]
    public void What_was_seen_moves_nothing_that_runs()
    {
        var bed = new PlacementBed(2);
        var service = Some.Service(spec: Some.Spec(4));
        var before = bed.Settle(service);
        bed.Rules = new SceneRules { Peaks = Peak("shop/web", 3000) };
        Assert.Equal(before, bed.Place(service));
        Assert.Contains("lacking 3750 MB", bed.Refuse(Some.Service(spec: Some.Spec(5))).Summary, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5, null, null, "the quota of grid test-grid is 5 instances, 5 are placed; raise it with kontena grid update --quota")]
    [InlineData(null, 2.5, null, "the quota of grid test-grid is 2.5 CPUs, 2.5 are reserved, 0.5 needed")]
    [InlineData(null, null, 1000L, "the quota of grid test-grid is 1000 MB of memory, 800 MB are reserved, 300 MB needed")]
    public void A_quota_of_the_grid_counts_all_of_it(int? instances, double? cpus, long? memory, string reason)
    {
        var bed = new PlacementBed(3);
        bed.Settle(Some.Service("db", Some.Spec(2) with { Cpus = 0.5, Memory = 100 * Some.Mega }, "other"));
        bed.Rules = new SceneRules { Quota = new Quota(instances, cpus, memory * Some.Mega) };
        Assert.Contains(reason, bed.Refuse(Some.Service(spec: Some.Spec(4) with { Cpus = 0.5, Memory = 300 * Some.Mega })).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_quota_of_a_stack_counts_that_stack_alone_and_takes_nothing_away()
    {
        var bed = new PlacementBed(3);
        var web = Some.Service(spec: Some.Spec(3));
        bed.Settle(Some.Service("db", Some.Spec(5), "other"));
        bed.Settle(web);
        bed.Rules = new SceneRules { StackQuotas = new Dictionary<string, Quota> { ["shop"] = new(2), [Quota.EveryStack] = new(5) } };
        Assert.Equal(3, bed.Place(web).Count);
        Assert.Contains("the quota of stack shop is 2 instances, 3 are placed; raise it with kontena grid update --stack-quota",
            bed.Refuse(Some.Service(spec: Some.Spec(4))).ToString(), StringComparison.Ordinal);
        Assert.Contains("the quota of stack other is 5 instances", bed.Refuse(Some.Service("more", stack: "other")).ToString(), StringComparison.Ordinal);
        Assert.Equal(6, bed.Place(Some.Service("alone", Some.Spec(6), Service.NoStack)).Count);
    }

    [Fact]
    public void A_world_of_heartbeats_reserves_what_it_was_told()
    {
        var world = new GridWorld(1);
        world.Put(Some.Service(spec: Some.Spec(1)));
        world.Deploy();
        world.Memory.TakePeaks(new NodeHeartbeat
        {
            Grid = "test-grid", Node = "node-1", NodeId = "ID1", SentAt = world.Now, FactsHash = "", ObservedDigest = "",
            MemoryPeaks = [new MemoryPeak("shop", "web", 2400 * Some.Mega)],
        }, world.Now);
        world.Change("web", service => service with { Spec = service.Spec with { Instances = 2 }, Revision = service.Revision + 1 });
        Assert.Contains("lacking 3000 MB of memory", world.Of(world.Deploy()).Reason, StringComparison.Ordinal);
    }

    private static Dictionary<string, long> Peak(string service, long megabytes) => new() { [service] = megabytes * Some.Mega };
}

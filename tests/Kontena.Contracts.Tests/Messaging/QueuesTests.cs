using FsCheck;
using FsCheck.Fluent;
using Kontena.Contracts.Messaging;
using Xunit;

namespace Kontena.Contracts.Tests.Messaging;

public sealed class QueuesTests
{
    [Theory]
    [InlineData("default", 14)]
    [InlineData("prod", 4)]
    [InlineData("", 5)]
    public void A_grid_keeps_its_shard(string grid, int shard) => Assert.Equal(shard, Queues.ShardOf(grid));

    [Fact]
    public void Every_grid_has_a_shard_and_reports_reach_it() =>
        Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), grid =>
        {
            var shard = Queues.ShardOf(grid.Get);
            return shard is >= 0 and < Queues.SchedulerShards
                && Queues.ReportKey(grid.Get, "observed") == $"{shard}.observed"
                && Queues.SchedulerShardOf(grid.Get) == $"scheduler-shard-{shard}";
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_nodes_queue_has_letters_and_digits_only_so_that_no_prefix_covers_another() =>
        Assert.Equal("node-abcd2efg9", Queues.Node("ABCD:2EFG-9_"));
}

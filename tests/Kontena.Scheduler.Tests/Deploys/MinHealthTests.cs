using Kontena.Scheduler.Deploys;

namespace Kontena.Scheduler.Tests.Deploys;

public sealed class MinHealthTests
{
    [Theory]
    [InlineData(1, 0.8, 1)]
    [InlineData(5, 0.8, 1)]
    [InlineData(10, 0.8, 2)] // with binary fractions it came out as 1 (runtime.md §2.10)
    [InlineData(20, 0.8, 4)]
    [InlineData(100, 0.8, 20)]
    [InlineData(4, 0.5, 2)]
    [InlineData(3, 0.0, 3)]
    [InlineData(7, 1.0, 1)]
    public void Counts_in_whole_numbers(int instances, double minHealth, int expected) =>
        Assert.Equal(expected, MinHealth.MayBeDown(instances, minHealth));

    [Fact]
    public void Deploy_revisions_grow_even_within_a_millisecond_and_when_the_clock_goes_back()
    {
        var now = new DateTimeOffset(2026, 3, 1, 12, 0, 0, 999, TimeSpan.Zero);
        var first = DeployRevision.Next(null, now);
        var second = DeployRevision.Next(first, now);
        var third = DeployRevision.Next(second, now.AddMinutes(-5));
        Assert.Equal("2026-03-01 12:00:00.999 UTC", first);
        Assert.Equal("2026-03-01 12:00:01.000 UTC", second);
        Assert.Equal("2026-03-01 12:00:01.001 UTC", third);
    }
}

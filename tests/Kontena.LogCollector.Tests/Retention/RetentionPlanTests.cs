using Kontena.LogCollector.Retention;

namespace Kontena.LogCollector.Tests.Retention;

public sealed class RetentionPlanTests
{
    private static readonly DateOnly Today = new(2026, 3, 10);

    [Fact]
    public void Nothing_goes_below_both_limits() => Assert.Empty(Doomed(days: 7, bytes: 100, (1, -1, 40), (2, 0, 40)));

    [Fact]
    public void Days_count_from_today() => Assert.Equal([1, 2], Doomed(days: 2, bytes: 1000, (1, -3, 1), (2, -2, 1), (3, -1, 1), (4, 0, 1)));

    [Fact]
    public void The_oldest_go_until_the_rest_fits() => Assert.Equal([1, 2], Doomed(days: 7, bytes: 100, (1, -2, 60), (2, -1, 60), (3, 0, 60)));

    [Fact]
    public void The_one_being_written_stays_whatever_its_size_and_age()
    {
        Assert.Equal([1], Doomed(days: 7, bytes: 100, (1, -1, 10), (2, 0, 500)));
        Assert.Empty(Doomed(days: 1, bytes: 100, (1, -30, 500)));
    }

    private static IReadOnlyList<int> Doomed(int days, long bytes, params (int Number, int DayFromToday, long Bytes)[] segments) =>
        RetentionPlan.Doomed([.. segments.Select(one => new SegmentSize(one.Number, Today.AddDays(one.DayFromToday), one.Bytes))], Today, days, bytes);
}

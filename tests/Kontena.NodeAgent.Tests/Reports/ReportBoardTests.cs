using Kontena.Contracts.Instances;
using Kontena.NodeAgent.Reports;
using Kontena.Testing;
using Xunit;

namespace Kontena.NodeAgent.Tests.Reports;

public sealed class ReportBoardTests
{
    private static readonly InstanceObserved Serving = new()
    {
        Grid = "test", Node = "node-1", NodeId = "N1", InstanceId = "a", Generation = 1, Sequence = 0, State = ObservedState.Running, Ready = true, Serves = true, Address = "10.81.1.2",
    };

    [Fact]
    public void The_end_of_serving_is_told_at_once_also_after_the_image_was_fetched_for_the_successor()
    {
        var board = new ReportBoard(new TestClock());
        foreach (var report in (InstanceObserved[])[Serving, Serving with { Generation = 2, State = ObservedState.Pulling, Ready = false }])
        {
            board.Set(report);
            board.Sent(Assert.Single(board.Take(10)));
        }

        board.Set(Serving with { Generation = 2, State = ObservedState.Stopping, Ready = false, Serves = false });

        Assert.Equal(ObservedState.Stopping, Assert.Single(board.Take(10)).State);
    }

    [Fact]
    public void Other_addresses_are_told_at_once_where_they_matter_and_else_with_what_is_told_next()
    {
        var board = new ReportBoard(new TestClock());
        var heard = new List<IReadOnlyList<string>?>();
        board.Changed += seen => heard.Add(seen.OtherAddresses);
        var starting = Serving with { State = ObservedState.Creating, Ready = false, Serves = false, Address = null };
        board.Set(starting);
        board.Take(10);

        Assert.True(board.Set(starting with { OtherAddresses = ["10.81.1.3"] }, tellsOthers: false));
        Assert.Empty(board.Take(10));
        Assert.False(board.Set(starting with { OtherAddresses = ["10.81.1.3"] }));
        Assert.True(board.Set(starting with { OtherAddresses = ["10.81.1.4"] }));
        Assert.Equal(["10.81.1.4"], Assert.Single(board.Take(10)).OtherAddresses!);
        Assert.True(board.Set(starting, tellsOthers: false));
        board.Set(Serving, tellsOthers: false);
        Assert.Null(Assert.Single(board.Take(10)).OtherAddresses);
        Assert.Equal(["", "10.81.1.3", "10.81.1.4", "", ""], heard.Select(one => string.Join(' ', one ?? [])));
    }
}

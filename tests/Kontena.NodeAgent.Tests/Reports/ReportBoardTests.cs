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
}

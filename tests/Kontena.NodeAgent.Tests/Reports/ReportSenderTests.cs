using Kontena.Contracts.Instances;
using Kontena.NodeAgent.Reports;
using Kontena.NodeAgent.Tests.Support;
using Kontena.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Kontena.NodeAgent.Tests.Reports;

public class ReportSenderTests
{
    private static InstanceObserved Seen(ObservedState state, int instance = 1, string? error = null) => new()
    {
        Grid = "test", Node = "node-1", NodeId = "N", InstanceId = Some.Id(instance), Generation = 1, Sequence = 0, State = state, Error = error,
    };

    [Fact]
    public async Task While_the_broker_is_away_only_the_newest_report_of_each_instance_waits()
    {
        var board = new ReportBoard(TimeProvider.System);
        var bus = new RecordingBus { Away = true };
        using var sender = new ReportSender(board, bus, TimeProvider.System, NullLogger<ReportSender>.Instance);
        await sender.StartAsync(TestContext.Current.CancellationToken);
        foreach (var state in (ObservedState[])[ObservedState.Creating, ObservedState.Starting, ObservedState.Running])
            board.Set(Seen(state));
        bus.Away = false;

        var sent = await bus.WaitForAsync<InstanceObserved>(_ => true);
        await sender.StopAsync(TestContext.Current.CancellationToken);

        Assert.Equal(ObservedState.Running, sent.State);
        Assert.Single(bus.Of<InstanceObserved>());
        Assert.Equal("reports", bus.Sent[0].Destination.Name);
    }

    [Fact]
    public void The_same_again_is_no_report_and_sequences_grow()
    {
        var board = new ReportBoard(TimeProvider.System);

        Assert.True(board.Set(Seen(ObservedState.Running)));
        var first = board.Find(Some.Id(1))!.Sequence;
        Assert.False(board.Set(Seen(ObservedState.Running)));
        Assert.True(board.Set(Seen(ObservedState.Stopped)));

        Assert.True(board.Find(Some.Id(1))!.Sequence > first);
    }

    [Fact]
    public void A_phase_is_told_when_it_lasts_and_news_at_once()
    {
        var clock = new TestClock();
        var board = new ReportBoard(clock);

        board.Set(Seen(ObservedState.Creating));
        Assert.Empty(board.Take(9));
        clock.Advance(ReportBoard.FirstPhase / 2);
        board.Set(Seen(ObservedState.Starting));
        Assert.Equal(ReportBoard.FirstPhase / 2, board.NextDue());
        clock.Advance(ReportBoard.FirstPhase / 2);
        var first = Assert.Single(board.Take(9));
        Assert.Equal(ObservedState.Starting, first.State);
        board.Sent(first);
        board.Set(Seen(ObservedState.Creating));
        clock.Advance(ReportBoard.FirstPhase);
        Assert.Empty(board.Take(9));
        clock.Advance(ReportBoard.LaterPhase);
        Assert.Single(board.Take(9));

        board.Set(Seen(ObservedState.Stopping, 2));
        board.Set(Seen(ObservedState.Running, 2));
        Assert.Equal(ObservedState.Running, Assert.Single(board.Take(9)).State);
        board.Set(Seen(ObservedState.Running, 2) with { Ready = true });
        board.Take(9);
        board.Set(Seen(ObservedState.Stopping, 2));
        Assert.Single(board.Take(9));
        board.Set(Seen(ObservedState.Stopping, 2, "could not stop"));
        Assert.Single(board.Take(9));
        Assert.Null(board.NextDue());
    }

    [Fact]
    public async Task A_phase_that_lasts_is_sent_without_further_news()
    {
        var board = new ReportBoard(TimeProvider.System);
        var bus = new RecordingBus();
        using var sender = new ReportSender(board, bus, TimeProvider.System, NullLogger<ReportSender>.Instance);
        await sender.StartAsync(TestContext.Current.CancellationToken);

        board.Set(Seen(ObservedState.Pulling));
        await bus.WaitForAsync<InstanceObserved>(seen => seen.State == ObservedState.Pulling);

        await sender.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public void The_digest_is_that_of_the_reports_the_broker_took()
    {
        var board = new ReportBoard(TimeProvider.System);
        board.Set(Seen(ObservedState.Running, 1) with { Ready = true });
        board.Set(Seen(ObservedState.Running, 2) with { Ready = true });
        var taken = board.Take(1);
        board.Sent(taken[0]);

        Assert.Equal(ObservedDigest.Of(taken), board.Digest());
        Assert.NotEqual(ObservedDigest.Of(board.All()), board.Digest());
    }

    [Fact]
    public void Removed_instances_are_remembered_up_to_a_bound_and_are_not_in_the_digest()
    {
        var board = new ReportBoard(TimeProvider.System);
        for (var instance = 1; instance <= ReportBoard.MaxRemoved + 10; instance++)
            board.Set(Seen(ObservedState.Removed, instance));

        Assert.Equal(ReportBoard.MaxRemoved, board.All().Count);
        Assert.Equal(ObservedDigest.Of([]), board.Digest());
    }
}

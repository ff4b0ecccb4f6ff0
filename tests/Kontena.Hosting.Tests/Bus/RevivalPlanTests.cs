using Kontena.Hosting.Bus;
using Xunit;

namespace Kontena.Hosting.Tests.Bus;

/// <summary>When a bus is left alone, loses its connection, is started again, or takes its process with it.</summary>
public sealed class RevivalPlanTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private RevivalPlan _plan = new();

    [Fact]
    public void A_bus_that_is_not_ready_gets_its_time_to_come_back_by_itself()
    {
        Assert.Equal(RevivalStep.None, Look(0, ready: false));
        Assert.Equal(RevivalStep.None, Look(89, ready: false));
        Assert.Equal(RevivalStep.StartAgain, Look(90, ready: false));
        Assert.Equal(RevivalStep.None, Look(91, ready: false));
    }

    [Fact]
    public void A_queue_given_up_while_the_broker_was_away_is_not_waited_for_when_it_is_back()
    {
        Look(0, away: true, ready: false, gaveUp: true);
        Look(60, away: true, ready: false);
        Assert.Equal(RevivalStep.None, Look(61, ready: false));
        Assert.Equal(RevivalStep.StartAgain, Look(66, ready: false));
    }

    [Fact]
    public void A_ready_bus_has_nothing_left_of_what_was()
    {
        Look(0, ready: false, gaveUp: true);
        Look(2, ready: true);
        Assert.Equal(RevivalStep.None, Look(8, ready: false));
        Assert.Equal(RevivalStep.None, Look(90, ready: false));
    }

    [Fact]
    public void A_bus_that_fails_to_start_twice_ends_its_process()
    {
        Look(0, ready: false, gaveUp: true);
        Assert.Equal(RevivalStep.StartAgain, Look(5, ready: false));
        _plan = _plan.AfterStart(failed: true);
        Assert.Equal(RevivalStep.None, Look(6, ready: false));
        Assert.Equal(RevivalStep.StartAgain, Look(11, ready: false));
        _plan = _plan.AfterStart(failed: true);
        Assert.Equal(RevivalStep.End, Look(12, ready: false));
    }

    [Fact]
    public void A_broker_that_goes_between_two_failed_starts_does_not_end_the_process()
    {
        _plan = _plan.AfterStart(failed: true).AfterStart(failed: true);
        Assert.Equal(RevivalStep.None, Look(0, away: true, ready: false));
        Assert.Equal(RevivalStep.None, Look(1, ready: false));
    }

    [Fact]
    public void A_silent_connection_is_dropped_and_the_next_one_later_until_something_is_confirmed()
    {
        Assert.Equal(RevivalStep.None, Look(0, silent: 7));
        Assert.Equal(RevivalStep.Drop, Look(1, silent: 8));
        Assert.Equal(RevivalStep.None, Look(2, silent: 15));
        Assert.Equal(RevivalStep.Drop, Look(3, silent: 16));
        Assert.Equal(RevivalStep.None, Look(4, silent: 31));
        Assert.Equal(RevivalStep.Drop, Look(5, silent: 8, confirmed: 1));
        for (var drop = 0; drop < 20; drop++)
            Look(10 + drop, silent: 10_000, confirmed: 1);
        Assert.Equal(RevivalStep.Drop, Look(40, silent: 256, confirmed: 1));
    }

    [Fact]
    public void A_connection_that_begins_at_an_address_that_is_gone_is_dropped_at_once()
    {
        Assert.Equal(RevivalStep.Drop, Look(0, adrift: true));
        Assert.Equal(RevivalStep.None, Look(1));
        Assert.Equal(RevivalStep.None, Look(2, away: true, ready: false, adrift: true));
    }

    [Fact]
    public void Nothing_is_dropped_while_the_broker_is_away() => Assert.Equal(RevivalStep.None, Look(0, away: true, ready: false, silent: 60));

    [Fact]
    public void A_ready_bus_that_leaves_a_queue_unread_is_started_again_and_ends_its_process_when_that_does_not_help()
    {
        Assert.Equal(RevivalStep.None, Look(0, unread: true));
        Assert.Equal(RevivalStep.None, Look(4, unread: true));
        Assert.Equal(RevivalStep.StartAgain, Look(5, unread: true));
        _plan = _plan.AfterStart(failed: false);
        Assert.Equal(RevivalStep.None, Look(6, unread: true));
        Assert.Equal(RevivalStep.StartAgain, Look(11, unread: true));
        Assert.Equal(RevivalStep.None, Look(12, unread: true));
        Assert.Equal(RevivalStep.End, Look(17, unread: true));
    }

    [Fact]
    public void A_queue_that_comes_back_by_itself_is_left_to_itself()
    {
        Look(0, unread: true);
        Look(4, ready: false, unread: true);
        Assert.Equal(RevivalStep.None, Look(8, unread: true));
        Look(9);
        Assert.Equal(RevivalStep.None, Look(13, unread: true));
        Look(14, away: true, ready: false, unread: true);
        Assert.Equal(RevivalStep.None, Look(19, unread: true));
    }

    private RevivalStep Look(
        int second, bool away = false, bool ready = true, bool gaveUp = false, int silent = 0, long confirmed = 0, bool adrift = false, bool unread = false)
    {
        (_plan, var step) = _plan.After(new BusSight(Start.AddSeconds(second), away, ready, gaveUp, TimeSpan.FromSeconds(silent), confirmed, adrift, unread));
        return step;
    }
}

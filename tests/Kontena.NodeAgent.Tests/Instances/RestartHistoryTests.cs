using Kontena.NodeAgent.Instances;
using Kontena.NodeAgent.Tests.Support;
using Xunit;

namespace Kontena.NodeAgent.Tests.Instances;

public class RestartHistoryTests
{
    private static (RestartHistory History, DateTimeOffset Now, List<double> Pauses) Crash(int times, double uptime)
    {
        var (history, now, pauses) = (RestartHistory.None, Some.Noon, new List<double>());
        for (var crash = 0; crash < times; crash++)
        {
            now = now.AddSeconds(uptime);
            (history, var pause) = history.After("exited with code 1", now, TimeSpan.FromSeconds(uptime));
            pauses.Add(pause.TotalSeconds);
            now += pause;
        }

        return (history, now, pauses);
    }

    [Fact]
    public void One_that_dies_at_once_waits_longer_each_time() => Assert.Equal([0, 1, 4, 9, 16, 25, 30, 30], Crash(8, 0.2).Pauses);

    [Fact]
    public void One_that_settled_starts_counting_anew() => Assert.Equal([0, 0, 0, 0], Crash(4, 60).Pauses);

    [Fact]
    public void Ten_seconds_of_running_end_no_crash_loop()
    {
        var (history, now, pauses) = Crash(12, 11);
        Assert.Equal([0, 0, 0, 0, 0, 1, 4, 9, 16, 25, 30, 30], pauses);
        Assert.True(history.IsLooping(now));
    }

    [Fact]
    public void Five_restarts_in_ten_minutes_are_a_crash_loop_and_it_ends_when_they_are_past()
    {
        Assert.False(Crash(4, 1).History.IsLooping(Crash(4, 1).Now));
        var (history, now, _) = Crash(5, 1);
        Assert.True(history.IsLooping(now));
        Assert.False(history.IsLooping(now.AddMinutes(11)));
        Assert.False(Crash(20, 200).History.IsLooping(Crash(20, 200).Now));
    }
}

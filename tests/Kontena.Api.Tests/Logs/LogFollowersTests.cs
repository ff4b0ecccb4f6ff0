using Kontena.Api.Http;
using Kontena.Api.Logs;

namespace Kontena.Api.Tests.Logs;

public sealed class LogFollowersTests
{
    [Theory]
    [InlineData(1, 100)]
    [InlineData(200, 100)]
    [InlineData(400, 200)]
    [InlineData(1000, 500)]
    public void The_more_streams_are_open_the_less_often_each_asks(int open, int milliseconds)
    {
        var followers = new LogFollowers();
        for (var number = 0; number < open; number++)
            followers.Enter();

        Assert.Equal(milliseconds, followers.Pause(TimeSpan.FromMilliseconds(100)).TotalMilliseconds);
    }

    [Fact]
    public void One_too_many_is_refused_until_another_ends()
    {
        var followers = new LogFollowers();
        var first = followers.Enter();
        for (var number = 1; number < LogFollowers.Most; number++)
            followers.Enter();

        Assert.Equal(503, Assert.Throws<HttpRefusal>(followers.Enter).Status);
        first.Dispose();
        followers.Enter();
    }
}

using FsCheck;
using FsCheck.Fluent;
using Kontena.Contracts.Services;
using Kontena.NodeAgent.Health;
using Kontena.NodeAgent.Tests.Support;
using Xunit;

namespace Kontena.NodeAgent.Tests.Health;

public class CheckCourseTests
{
    private const string Refused = "tcp 10.81.1.2:80: ConnectionRefused";

    private static CheckCourse Course(int interval = 60, int initialDelay = 10, int retries = 3, int successes = 1, bool strict = true) => new()
    {
        Check = new HealthCheckSpec("tcp", 80, Interval: interval, InitialDelay: initialDelay) { SuccessThreshold = successes },
        StartedAt = Some.Noon,
        Retries = retries,
        Strict = strict,
    };

    /// <summary>Asks as the monitor does, with answers that take no time, until the end.</summary>
    private static (CheckCourse Course, int Asked) Run(CheckCourse course, TimeSpan length, Func<double, string?> answer, DateTimeOffset? from = null)
    {
        var now = from ?? Some.Noon;
        var end = now + length;
        var asked = 0;
        while (now < end)
        {
            course = course.After(answer((now - Some.Noon).TotalSeconds), now);
            asked++;
            now += course.Pause(now);
        }

        return (course, asked);
    }

    [Fact]
    public void A_success_makes_ready_at_once_even_before_the_initial_delay() => Assert.True(Course().After(null, Some.Noon.AddMilliseconds(50)).Ready);

    [Fact]
    public void A_container_that_opens_its_port_late_is_ready_within_a_second_and_not_after_an_interval()
    {
        var now = Some.Noon;
        var course = Course();
        while (!course.Ready)
        {
            course = course.After(now < Some.Noon.AddSeconds(7) ? Refused : null, now);
            now += course.Ready ? TimeSpan.Zero : course.Pause(now);
        }

        Assert.InRange(now - Some.Noon, TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(8));
        Assert.False(course.Exhausted);
    }

    [Fact]
    public void Failures_before_the_initial_delay_count_for_nothing()
    {
        var (course, _) = Run(Course(interval: 1, initialDelay: 10, retries: 1), TimeSpan.FromSeconds(9.5), _ => Refused);

        Assert.Equal((0, false, false), (course.Failures, course.Exhausted, course.Failing));
    }

    [Fact]
    public void Asking_often_while_it_is_not_ready_restarts_nothing_earlier()
    {
        Assert.False(Run(Course(), TimeSpan.FromSeconds(129), _ => Refused).Course.Exhausted);
        Assert.True(Run(Course(), TimeSpan.FromSeconds(132), _ => Refused).Course.Exhausted);
    }

    [Fact]
    public void One_failure_takes_it_out_and_the_next_success_brings_it_back()
    {
        var ready = Course().After(null, Some.Noon.AddSeconds(20));
        var failed = ready.After(Refused, Some.Noon.AddSeconds(80));
        var again = failed.After(null, Some.Noon.AddSeconds(81));

        Assert.Equal((false, true, false, 1), (failed.Ready, failed.Failing, failed.Exhausted, failed.Failures));
        Assert.Equal((true, false, 0), (again.Ready, again.Failing, again.Failures));
        Assert.True(failed.Pause(Some.Noon.AddSeconds(80)) <= TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void A_readiness_check_bears_as_many_failures_as_it_says()
    {
        var course = Course(interval: 5, initialDelay: 0, retries: 3, strict: false).After(null, Some.Noon);
        course = course.After(Refused, Some.Noon.AddSeconds(5)).After(Refused, Some.Noon.AddSeconds(10));
        Assert.True(course.Ready);
        Assert.False(course.After(Refused, Some.Noon.AddSeconds(15)).Ready);
    }

    [Fact]
    public void Several_successes_in_a_row_are_needed_when_the_service_says_so()
    {
        var course = Course(successes: 3).After(null, Some.Noon).After(null, Some.Noon.AddSeconds(1));
        Assert.False(course.Ready);
        Assert.False(course.After(Refused, Some.Noon.AddSeconds(2)).After(null, Some.Noon.AddSeconds(3)).After(null, Some.Noon.AddSeconds(4)).Ready);
        Assert.True(course.After(null, Some.Noon.AddSeconds(2)).Ready);
    }

    [Fact]
    public void A_healthy_container_is_asked_once_per_interval()
    {
        var (_, asked) = Run(Course(interval: 60), TimeSpan.FromMinutes(60), _ => null);
        Assert.Equal(60, asked);
    }

    [Fact]
    public void Whatever_it_answers_a_restart_takes_its_retries_times_its_interval() => Prop.ForAll(
        (from interval in Gen.Choose(1, 30)
         from delay in Gen.Choose(0, 30)
         from retries in Gen.Choose(1, 5)
         from good in Gen.Choose(0, 100)
         from seed in Gen.Choose(0, 10_000)
         select (interval, delay, retries, good, seed)).ToArbitrary(),
        one =>
        {
            var random = new System.Random(one.seed);
            var course = Course(one.interval, one.delay, one.retries);
            var now = Some.Noon;
            var lastGood = Some.Noon.AddSeconds(one.delay);
            var soonest = one.interval * (one.retries - 1);
            for (var round = 0; round < 300; round++)
            {
                var good = random.Next(100) < one.good;
                if (good && now > lastGood)
                    lastGood = now;
                course = course.After(good ? null : Refused, now);
                if (course.Exhausted && (now - lastGood).TotalSeconds < soonest - 0.2 * one.retries)
                    return false;
                if (course.Ready == (course.Reason is not null) && course.Ready)
                    return false;
                var pause = course.Pause(now);
                if (pause > TimeSpan.FromSeconds(one.interval) || (!course.Ready && pause > TimeSpan.FromSeconds(1)) || pause <= TimeSpan.Zero)
                    return false;
                now += pause;
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
}

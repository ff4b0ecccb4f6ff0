using Kontena.Contracts.Jobs;
using Kontena.Contracts.Services;
using Kontena.Core.Services;
using Xunit;

namespace Kontena.Core.Tests.Services;

public class ScheduleRulesTests
{
    private static ServiceRequest Request(DeployOptsRequest opts) => Some.Request with { Stateful = false, DeployOpts = opts };

    private static SpecReading Read(ServiceRequest request) => ServiceSpecReader.ReadNew(request, Some.Around);

    [Fact]
    public void A_schedule_has_defaults_for_what_is_not_said()
    {
        Assert.Equal(new ScheduleSpec { Cron = "@daily" }, Read(Request(new DeployOptsRequest { Schedule = " @daily " })).Spec!.Schedule);
        Assert.Equal(
            new ScheduleSpec { Cron = "5 * * * *", TimeZone = "Europe/Helsinki", Concurrency = "replace", History = 3, StartingDeadline = 60 },
            Read(Request(new DeployOptsRequest { Schedule = "5 * * * *", TimeZone = "Europe/Helsinki", Concurrency = "replace", History = 3, StartingDeadline = 60 })).Spec!.Schedule);
        Assert.Null(Read(Request(new DeployOptsRequest())).Spec!.Schedule);
    }

    [Fact]
    public void Every_mistake_is_told_at_its_place()
    {
        var errors = Read(Request(new DeployOptsRequest
        {
            Schedule = "61 * * * *", TimeZone = "Mars/Olympus", Concurrency = "maybe", History = 0, StartingDeadline = 1,
        })).Errors;

        Assert.Equal(["schedule", "time_zone", "concurrency", "history", "starting_deadline"], errors.Select(error => error.Path[^1]));
        Assert.All(errors, error => Assert.Equal("deploy_opts", error.Path[0]));
        Assert.Contains("the field minute is '61': expected *, numbers from 0 to 59", errors[0].Message, StringComparison.Ordinal);
        Assert.Contains("'Mars/Olympus' is no time zone", errors[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_goes_with_a_schedule_makes_no_sense_without_one()
    {
        var errors = Read(Request(new DeployOptsRequest { TimeZone = "UTC", Concurrency = "allow", History = 3, StartingDeadline = 60 })).Errors;

        Assert.Equal(["time_zone", "concurrency", "history", "starting_deadline"], errors.Select(error => error.Path[^1]));
    }

    [Fact]
    public void What_makes_no_sense_of_something_that_ends_is_refused_with_the_reason()
    {
        var daily = new DeployOptsRequest { Schedule = "@daily" };
        (ServiceRequest Request, string Reason)[] cases =
        [
            (Request(daily) with { Stateful = true }, "stateful"),
            (Request(daily) with { Strategy = "daemon" }, "daemon"),
            (Request(daily) with { Instances = 2 }, "2 instances"),
            (Request(daily) with { Ports = [new PortRequest { NodePort = 80, ContainerPort = 80 }] }, "ports"),
            (Request(daily with { WaitForPort = 80 }), "wait_for_port"),
            (Request(daily with { Interval = 60 }), "interval"),
        ];

        Assert.All(cases, one => Assert.Contains(one.Reason, Assert.Single(Read(one.Request).Errors).Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Given_deploy_options_without_one_take_the_schedule_away_and_none_leave_it()
    {
        var service = Some.Service(new ServiceSpec { Image = "a:1", Schedule = new ScheduleSpec { Cron = "@daily" } });

        Assert.NotNull(ServiceSpecReader.ReadUpdate(new ServiceRequest { Image = "a:2" }, service, Some.Around).Spec!.Schedule);
        Assert.Null(ServiceSpecReader.ReadUpdate(new ServiceRequest { DeployOpts = new DeployOptsRequest() }, service, Some.Around).Spec!.Schedule);
        Assert.Contains("can't be scaled", ServiceSpecReader.ReadScale(3, service).Errors[0].Message, StringComparison.Ordinal);
    }
}

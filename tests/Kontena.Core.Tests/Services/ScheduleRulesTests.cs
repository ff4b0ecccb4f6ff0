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
            (Request(daily) with { HealthCheck = new HealthCheckRequest { Port = 80, Protocol = "tcp" } }, "checks"),
            (Request(daily) with { ReadinessCheck = new HealthCheckRequest { Port = 80, Protocol = "tcp" } }, "checks"),
            (Request(daily) with { Hooks = new HooksRequest { PreStart = [new HookRequest { Name = "a", Cmd = "b", Instances = "*" }] } }, "hooks"),
            (Request(daily with { Interval = 60 }), "interval"),
        ];

        Assert.All(cases, one => Assert.Contains(one.Reason, Assert.Single(Read(one.Request).Errors).Message, StringComparison.Ordinal));
    }

    private static readonly ScheduleSpec Nightly = new() { Cron = "@daily", TimeZone = "Europe/Helsinki", Concurrency = "allow", History = 3, StartingDeadline = 60 };
    private static readonly Service Scheduled = Some.Service(new ServiceSpec { Image = "a:1", Schedule = Nightly });

    private static SpecReading Update(DeployOptsRequest? opts) => ServiceSpecReader.ReadUpdate(new ServiceRequest { Image = "a:2", DeployOpts = opts }, Scheduled, Some.Around);

    [Fact]
    public void A_change_that_does_not_speak_of_the_schedule_leaves_it()
    {
        Assert.Equal(Nightly, Update(null).Spec!.Schedule);
        Assert.Equal(Nightly, Update(new DeployOptsRequest { Reservations = new ReservationsRequest(null, 64 << 20) }).Spec!.Schedule);
        Assert.Contains("wait_for_port", Assert.Single(Update(new DeployOptsRequest { WaitForPort = 80 }).Errors).Message, StringComparison.Ordinal);
        Assert.Contains("can't be scaled", ServiceSpecReader.ReadScale(3, Scheduled).Errors[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_change_of_what_goes_with_a_schedule_is_one_of_the_schedule_there_is()
    {
        Assert.Equal(Nightly with { TimeZone = "UTC", History = 7 }, Update(new DeployOptsRequest { TimeZone = "UTC", History = 7 }).Spec!.Schedule);
        Assert.Equal(["history"], Update(new DeployOptsRequest { History = 0 }).Errors.Select(error => error.Path[^1]));
    }

    [Fact]
    public void Another_schedule_replaces_all_of_it_and_none_takes_it_away()
    {
        Assert.Equal(new ScheduleSpec { Cron = "@hourly" }, Update(new DeployOptsRequest { Schedule = "@hourly" }).Spec!.Schedule);
        Assert.Null(Update(new DeployOptsRequest { Schedule = "none" }).Spec!.Schedule);
        Assert.Equal(["time_zone"], Update(new DeployOptsRequest { Schedule = "none", TimeZone = "UTC" }).Errors.Select(error => error.Path[^1]));
    }

    [Fact]
    public void In_a_stack_file_what_is_left_out_is_not_there()
    {
        Assert.Null(ServiceSpecReader.ReadRevision(Request(new DeployOptsRequest()), Scheduled, Some.Around).Spec!.Schedule);
        Assert.NotEmpty(ServiceSpecReader.ReadRevision(Request(new DeployOptsRequest { Schedule = "none" }), Scheduled, Some.Around).Errors);
    }
}

using Kontena.Contracts.Services;
using Kontena.Core.Services;
using Xunit;

namespace Kontena.Core.Tests.Services;

public sealed class ServiceUpdateTests
{
    private static readonly Service Current = Some.Service(new ServiceSpec
    {
        Image = "acme/web:1",
        Instances = 4,
        Env = ["A=1", "SECRET=hush"],
        Links = [new ServiceLink("shop", "db", "db")],
        HealthCheck = new HealthCheckSpec("http", 80, "/health", 3, 9, 4),
        WaitForPort = 80,
        MinHealth = 0.5,
        Memory = 1 << 20,
        Cmd = ["run"],
    });

    [Fact]
    public void What_is_not_given_stays()
    {
        var reading = ServiceSpecReader.ReadUpdate(new ServiceRequest(), Current, Some.Around);
        Assert.True(ServiceSpecReader.Same(Current.Spec, reading.Spec!));
    }

    [Fact]
    public void Lists_replace_and_empty_lists_clear()
    {
        var spec = ServiceSpecReader.ReadUpdate(new ServiceRequest { Links = [], Env = ["B=2"], Cmd = [] }, Current, Some.Around).Spec!;
        Assert.Empty(spec.Links);
        Assert.Equal(["B=2"], spec.Env);
        Assert.Empty(spec.Cmd!);
    }

    [Fact]
    public void An_environment_entry_without_value_keeps_the_stored_one_and_unlisted_keys_go()
    {
        var spec = ServiceSpecReader.ReadUpdate(new ServiceRequest { Env = ["SECRET=", "NEW="] }, Current, Some.Around).Spec!;
        Assert.Equal(["SECRET=hush", "NEW="], spec.Env);
    }

    [Fact]
    public void Deploy_options_and_health_check_are_replaced_whole()
    {
        var request = new ServiceRequest
        {
            DeployOpts = new DeployOptsRequest { Interval = 60 },
            HealthCheck = new HealthCheckRequest { Port = 81, Protocol = "tcp" },
        };
        var spec = ServiceSpecReader.ReadUpdate(request, Current, Some.Around).Spec!;
        Assert.Equal((null, 0.8, 60), (spec.WaitForPort, spec.MinHealth, spec.DeployInterval));
        Assert.Equal(new HealthCheckSpec("tcp", 81), spec.HealthCheck);
    }

    [Fact]
    public void Entrypoint_and_pid_can_be_changed()
    {
        var spec = ServiceSpecReader.ReadUpdate(new ServiceRequest { Entrypoint = "/x", Pid = "host" }, Current, Some.Around).Spec!;
        Assert.Equal(("/x", "host"), (spec.Entrypoint, spec.Pid));
    }

    [Fact]
    public void A_stateful_service_gets_no_new_anonymous_volume()
    {
        var stateful = Some.Service(new ServiceSpec { Image = "db", Stateful = true, Volumes = ["/data"] });
        var reading = ServiceSpecReader.ReadUpdate(new ServiceRequest { Volumes = ["/data", "/more", "/host:/bound"] }, stateful, Some.Around);
        Assert.Equal("volumes.[]: Adding the anonymous volume /more to a stateful service that exists is not supported", Some.Show(reading.Errors));
    }

    [Fact]
    public void Name_and_stateful_are_not_looked_at()
    {
        var reading = ServiceSpecReader.ReadUpdate(new ServiceRequest { Name = "-", Stateful = true }, Current, Some.Around);
        Assert.False(reading.Spec!.Stateful);
    }

    [Fact]
    public void Growing_past_the_host_name_limit_is_refused()
    {
        var current = Some.Service(Current.Spec) with { Name = new string('w', 38) };
        Assert.NotNull(ServiceSpecReader.ReadScale(9, current).Spec);
        var reading = ServiceSpecReader.ReadScale(10, current);
        Assert.Equal("instances", Assert.Single(reading.Errors).Path[0]);
    }

    [Fact]
    public void A_revision_resets_what_the_file_leaves_out_but_keeps_the_scale_and_empty_environment()
    {
        var request = Some.Request with { Env = ["SECRET="], Stateful = false };
        var spec = ServiceSpecReader.ReadRevision(request, Current, Some.Around).Spec!;
        Assert.Equal((4, null, null, 0.8), (spec.Instances, spec.Memory, spec.Cmd, spec.MinHealth));
        Assert.Equal(["SECRET=hush"], spec.Env);
        Assert.Empty(spec.Links);
    }

    [Fact]
    public void A_revision_can_not_change_stateful()
    {
        var reading = ServiceSpecReader.ReadRevision(Some.Request with { Stateful = true }, Current, Some.Around);
        Assert.StartsWith("stateful: Stateful can't be changed", Some.Show(reading.Errors), StringComparison.Ordinal);
    }
}

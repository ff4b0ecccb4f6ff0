using Kontena.Contracts.Instances;
using Kontena.Contracts.Services;
using Kontena.Scheduler.InstanceSpecs;
using Kontena.Scheduler.Tests.World;

namespace Kontena.Scheduler.Tests.InstanceSpecs;

public sealed class InstanceSpecBuilderTests
{
    [Fact]
    public void Names_follow_stack_and_grid()
    {
        var spec = Build(Some.Service());
        Assert.Equal("shop.web-2", spec.Name);
        Assert.Equal(("web-2", "shop.test-grid.kontena.local"), (spec.Hostname, spec.Domainname));
        Assert.Equal(["shop.test-grid.kontena.local", "test-grid.kontena.local"], spec.DnsSearch);
        Assert.Equal(["web.shop.test-grid.kontena.local", "web-2.shop.test-grid.kontena.local"], spec.DnsNames);
    }

    [Fact]
    public void Without_a_stack_names_are_short()
    {
        var spec = Build(Some.Service(stack: Service.NoStack));
        Assert.Equal("web-2", spec.Name);
        Assert.Equal("test-grid.kontena.local", spec.Domainname);
        Assert.Equal(["test-grid.kontena.local", "kontena.local"], spec.DnsSearch);
        Assert.Equal(
            ["web.test-grid.kontena.local", "web-2.test-grid.kontena.local", "web.kontena.local", "web-2.kontena.local"], spec.DnsNames);
    }

    [Fact]
    public void The_exposed_service_also_answers_for_its_stack()
    {
        var spec = InstanceSpecBuilder.Build(Some.Service(), Some.Stack(expose: "web"), Some.Node(1), 2, "r1");
        Assert.Contains("shop.test-grid.kontena.local", spec.DnsNames);
        Assert.Contains("shop-2.test-grid.kontena.local", spec.DnsNames);
        Assert.Equal("1", spec.Labels["io.kontena.service.exposed"]);
    }

    [Theory]
    [InlineData(null, null, null, false)]
    [InlineData("private", null, null, true)]
    [InlineData("private", null, "grid", true)]
    [InlineData("private", "web", null, false)]
    [InlineData("grid", null, "private", false)]
    [InlineData(null, null, "private", true)]
    public void A_service_is_private_as_its_stack_says_or_else_the_grid_and_not_when_it_is_exposed(string? networks, string? expose, string? grid, bool expected)
    {
        var stack = Some.Stack(expose: expose);
        var spec = InstanceSpecBuilder.Build(Some.Service(), stack with { Latest = stack.Latest with { Networks = networks } }, Some.Node(1), 2, "r1", networks: grid);
        Assert.Equal((expected, (networks ?? grid) == "private"), (spec.Private, spec.OfPrivateStack));
        Assert.False(InstanceSpecBuilder.Build(Some.Service(), null, Some.Node(1), 2, "r1", networks: "private").Private);
    }

    [Fact]
    public void Our_environment_comes_last_so_that_it_wins()
    {
        var spec = Build(Some.Service(spec: Some.Spec() with { Env = ["A=1", "KONTENA_GRID_NAME=fake"] }));
        Assert.Equal(["A=1", "KONTENA_GRID_NAME=fake"], spec.Env.Take(2));
        Assert.Equal("KONTENA_GRID_NAME=test-grid", spec.Env.Last(one => one.StartsWith("KONTENA_GRID_NAME=", StringComparison.Ordinal)));
        Assert.Contains("KONTENA_SERVICE_INSTANCE_NUMBER=2", spec.Env);
        Assert.Contains("KONTENA_NODE_NAME=node-1", spec.Env);
    }

    [Theory]
    [InlineData("/data", "/data", null, null, null)]
    [InlineData("/host:/in:ro", "/in", "/host", null, "ro")]
    [InlineData("/host:/in:ro:z", "/in", "/host", null, "ro,z")]
    [InlineData("data:/var/lib/x", "/var/lib/x", null, "shop.web.data-2", null)]
    public void Volumes_are_read(string entry, string path, string? bind, string? volume, string? flags)
    {
        var spec = Build(Some.Service(spec: Some.Spec() with { Volumes = [entry] }));
        Assert.Equal(new VolumeMount(path, bind, volume, flags), Assert.Single(spec.Volumes));
    }

    [Fact]
    public void Host_net_has_no_names_of_its_own_but_is_found()
    {
        var spec = Build(Some.Service(spec: Some.Spec() with { Net = "host" }));
        Assert.Null(spec.Hostname);
        Assert.Empty(spec.DnsSearch);
        Assert.NotEmpty(spec.DnsNames);
    }

    [Fact]
    public void Hooks_are_those_of_the_instance()
    {
        var hooks = new[]
        {
            new ServiceHook("all", "pre_start", "x"), new ServiceHook("first", "pre_start", "x", "1"), new ServiceHook("second", "pre_start", "x", "2, 3"),
        };
        Assert.Equal(["all", "second"], Build(Some.Service(spec: Some.Spec() with { Hooks = hooks })).Hooks.Select(one => one.Name));
    }

    [Fact]
    public void Checks_are_the_services()
    {
        var (health, readiness) = (new HealthCheckSpec("tcp", 80) { Retries = 5 }, new HealthCheckSpec("http", 80, "/ready"));
        var spec = Build(Some.Service(spec: Some.Spec() with { HealthCheck = health, ReadinessCheck = readiness, IgnoreImageHealthCheck = true }));
        Assert.Equal((health, readiness, true), (spec.HealthCheck, spec.ReadinessCheck, spec.IgnoreImageHealthCheck));
    }

    [Fact]
    public void A_linked_load_balancer_gives_its_labels()
    {
        var balancer = Some.Service("lb", Some.Spec() with { Image = "kontena/lb:latest" });
        var service = Some.Service(spec: Some.Spec() with { Env = ["KONTENA_LB_INTERNAL_PORT=8080"] });
        var labels = InstanceSpecBuilder.Build(service, null, Some.Node(1), 1, "r1", balancer).Labels;
        Assert.Equal("shop/lb", labels["io.kontena.load_balancer.name"]);
        Assert.Equal("8080", labels["io.kontena.load_balancer.internal_port"]);
        Assert.True(InstanceSpecBuilder.IsLoadBalancer(balancer));
    }

    [Fact]
    public void Short_container_names_mean_those_of_the_own_stack_on_the_node()
    {
        var service = Some.Service(spec: Some.Spec() with { VolumesFrom = ["db-%s:ro"], Net = "container:db-%s" });
        var spec = InstanceSpecBuilder.Build(service, null, Some.Node(1), 2, "r1", neighbours: ["shop.db-2"]);
        Assert.Equal(["shop.db-2:ro"], spec.VolumesFrom);
        Assert.Equal("container:shop.db-2", spec.Net);
    }

    [Theory]
    [InlineData("/bin/sh -c", "/bin/sh", "-c")]
    [InlineData("sh -c 'echo \"a b\"'", "sh", "-c", "echo \"a b\"")]
    [InlineData("a\\ b \"c \\\" 'd'\" ''", "a b", "c \" 'd'", "")]
    public void Entrypoints_are_split_like_a_shell_would(string line, params string[] words) =>
        Assert.Equal(words, Build(Some.Service(spec: Some.Spec() with { Entrypoint = line })).Entrypoint);

    private static InstanceSpec Build(Service service) => InstanceSpecBuilder.Build(service, null, Some.Node(1), 2, "r1");
}

using Kontena.Contracts.Services;
using Kontena.Core.Services;
using Xunit;

namespace Kontena.Core.Tests.Services;

public sealed class ServiceSpecReaderTests
{
    [Fact]
    public void The_least_request_has_the_documented_defaults()
    {
        var spec = ServiceSpecReader.ReadNew(Some.Request, Some.Around).Spec!;
        Assert.Equal((1, "ha", "bridge", 0.8, 10), (spec.Instances, spec.Strategy, spec.Net, spec.MinHealth, spec.StopGracePeriod));
        Assert.Empty(spec.Env);
        Assert.Null(spec.HealthCheck);
    }

    [Fact]
    public void Everything_given_is_kept()
    {
        var spec = Read(Some.Request with
        {
            Instances = 3,
            ContainerCount = 9,
            Strategy = "daemon",
            Entrypoint = " /run.sh ",
            Cmd = ["sh", "-c", ""],
            Env = ["A=1", "B="],
            Ports = [new PortRequest { NodePort = 80, ContainerPort = 8080 }, new PortRequest { NodePort = 80, ContainerPort = 53, Protocol = "UDP" }],
            Links = [new LinkRequest("db", "db"), new LinkRequest("other/cache", "c"), new LinkRequest("null/mail", "m")],
            Volumes = ["/data", "/host:/conf:ro"],
            Affinity = ["label==az=1", "node!=~x"],
            DeployOpts = new DeployOptsRequest { WaitForPort = 8080, Interval = 3600 },
            HealthCheck = new HealthCheckRequest { Port = 80, Protocol = "http" },
            Hooks = new HooksRequest { PostStart = [new HookRequest { Name = "warm", Cmd = "curl /", Instances = "1, 2", Oneshot = true }] },
            StopSignal = "SIGINT",
            StopGracePeriod = "1m23s",
            Pid = "host",
            Net = "container:other",
        });
        Assert.Equal((3, "daemon", "/run.sh"), (spec.Instances, spec.Strategy, spec.Entrypoint));
        Assert.Equal(["sh", "-c", ""], spec.Cmd!);
        Assert.Equal([new PortMapping(80, 8080), new PortMapping(80, 53, "0.0.0.0", "udp")], spec.Ports);
        Assert.Equal([new ServiceLink("shop", "db", "db"), new ServiceLink("other", "cache", "c"), new ServiceLink("null", "mail", "m")], spec.Links);
        Assert.Equal((8080, 0.8, 3600), (spec.WaitForPort, spec.MinHealth, spec.DeployInterval));
        Assert.Equal(new HealthCheckSpec("http", 80, "/", 10, 60, 10), spec.HealthCheck);
        Assert.Equal([new ServiceHook("warm", "post_start", "curl /", "1,2", true)], spec.Hooks);
        Assert.Equal(83, spec.StopGracePeriod);
    }

    [Fact]
    public void Where_instances_may_go_is_kept()
    {
        var spec = Read(Some.Request with
        {
            Strategy = "binpack", Cpus = 2, Memory = 512,
            DeployOpts = new DeployOptsRequest { Spread = "rack", MaxPerNode = 2, Reservations = new ReservationsRequest(0.25, 128) },
        });
        Assert.Equal(("binpack", "rack", 2, 0.25, 128L), (spec.Strategy, spec.Spread, spec.MaxPerNode, spec.CpuReservation, spec.MemoryReservation));
    }

    [Fact]
    public void The_older_name_of_instances_counts_when_it_is_alone() =>
        Assert.Equal(4, Read(Some.Request with { ContainerCount = 4 }).Instances);

    [Fact]
    public void Checks_and_hooks_keep_their_thresholds_and_limits()
    {
        var spec = Read(Some.Request with
        {
            HealthCheck = new HealthCheckRequest { Port = 80, Protocol = "tcp", Retries = 5, SuccessThreshold = 2 },
            ReadinessCheck = new HealthCheckRequest { Port = 80, Protocol = "http", Uri = "/ready" },
            Hooks = new HooksRequest { PreStart = [new HookRequest { Name = "a", Cmd = "b", Instances = "*", Timeout = 90 }] },
        });

        Assert.Equal(new HealthCheckSpec("tcp", 80) { Retries = 5, SuccessThreshold = 2 }, spec.HealthCheck);
        Assert.Equal(new HealthCheckSpec("http", 80, "/ready"), spec.ReadinessCheck);
        Assert.Equal(90, Assert.Single(spec.Hooks).Timeout);
        Assert.False(spec.IgnoreImageHealthCheck);
    }

    [Fact]
    public void Protocol_none_passes_over_the_images_own_check_too()
    {
        var spec = Read(Some.Request with { HealthCheck = new HealthCheckRequest { Protocol = "none" } });

        Assert.Null(spec.HealthCheck);
        Assert.True(spec.IgnoreImageHealthCheck);
    }

    [Fact]
    public void A_health_check_of_nulls_is_none() => Assert.Null(Read(Some.Request with { HealthCheck = new HealthCheckRequest() }).HealthCheck);

    [Fact]
    public void A_named_volume_becomes_the_grid_volume_it_stands_for()
    {
        var around = Some.Around with { Volumes = new Dictionary<string, string> { ["data"] = "prod-data" } };
        var reading = ServiceSpecReader.ReadNew(Some.Request with { Volumes = ["data:/data:ro"] }, around);
        Assert.Equal(["prod-data:/data:ro"], reading.Spec!.Volumes);
    }

    private const string ImageForm = "isn't in the right format: a name such as nginx:1.25 or registry.example.com:5000/team/app:2, in lower case";

    [Theory]
    [InlineData("nginx")]
    [InlineData("nginx:1.25-alpine_3")]
    [InlineData("kontena/lb:latest")]
    [InlineData("a__b.c/d--e/f")]
    [InlineData("localhost:5000/web")]
    [InlineData("Registry.Example.com/team/web:V2")]
    [InlineData("[::1]:5000/web")]
    [InlineData("web@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    [InlineData("web:1@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    public void Every_image_that_an_engine_takes_is_taken(string image) =>
        Assert.Equal(image, ServiceSpecReader.ReadNew(Some.Request with { Image = image }, Some.Around).Spec?.Image);

    public static TheoryData<string, ServiceRequest> Mistakes => new()
    {
        { "name: Name is required", Some.Request with { Name = null } },
        { "name: Name can't be blank", Some.Request with { Name = " " } },
        { "name: Name isn't in the right format: 1 to 63 letters, digits, - and _, not starting with -", Some.Request with { Name = "-web" } },
        { "image: Image is required", Some.Request with { Image = null } },
        { "image: Image can't be blank", Some.Request with { Image = " \u0001 " } },
        { $"image: Image {ImageForm}", Some.Request with { Image = ":latest" } },
        { $"image: Image {ImageForm}", Some.Request with { Image = "Web" } },
        { $"image: Image {ImageForm}", Some.Request with { Image = "a b:1" } },
        { $"image: Image {ImageForm}", Some.Request with { Image = "web:" + new string('x', 129) } },
        { $"image: Image {ImageForm}", Some.Request with { Image = "http://example.com/web" } },
        { $"image: Image {ImageForm}", Some.Request with { Image = new string('w', 513) } },
        { "stateful: Stateful is required", Some.Request with { Stateful = null } },
        { "volumes_from: Volumes From can't be used by a stateful service", Some.Request with { Stateful = true, VolumesFrom = ["x"] } },
        { "instances: Instances is too small: at least 1; to run none, stop the service", Some.Request with { Instances = 0 } },
        { "container_count: Container Count is too small: at least 1; to run none, stop the service", Some.Request with { ContainerCount = -1 } },
        { "instances: Instances is too big: at most 10000", Some.Request with { Instances = 10_001 } },
        { "strategy: Strategy not supported: one of ha, daemon, random, binpack", Some.Request with { Strategy = "best" } },
        { "env.[1]: Env[1] isn't in the right format: KEY=value is expected", Some.Request with { Env = ["A=1", "=x"] } },
        { "env.[0]: Env[0] isn't in the right format: KEY=value is expected", Some.Request with { Env = ["A"] } },
        { "env.[0]: Env[0] can't be nil", Some.Request with { Env = [null!] } },
        { "env.[0]: Env[0] is too long", Some.Request with { Env = ["A=" + new string('x', 131_072)] } },
        { "ports.[0].node_port: Node Port is required", Some.Request with { Ports = [new PortRequest { ContainerPort = 80 }] } },
        { "ports.[0].container_port: Container Port is too big: from 1 to 65535", Some.Request with { Ports = [new PortRequest { NodePort = 1, ContainerPort = 65536 }] } },
        { "ports.[0].node_port: Node Port is too small: from 1 to 65535", Some.Request with { Ports = [new PortRequest { NodePort = 0, ContainerPort = 80 }] } },
        { "ports.[0].ip: Ip isn't in the right format: an address such as 127.0.0.1", Some.Request with { Ports = [new PortRequest { NodePort = 1, ContainerPort = 80, Ip = "x" }] } },
        { "ports.[0].protocol: Protocol isn't an option: tcp or udp", Some.Request with { Ports = [new PortRequest { NodePort = 1, ContainerPort = 80, Protocol = "sctp" }] } },
        { "ports.[1].node_port: Node Port 80/tcp is used twice by this service", Some.Request with { Ports = [new PortRequest { NodePort = 80, ContainerPort = 1, Ip = "10.0.0.1" }, new PortRequest { NodePort = 80, ContainerPort = 2 }] } },
        { "links.[]: Service nope does not exist", Some.Request with { Links = [new LinkRequest("nope", "x")] } },
        { "links.[]: Service other/x does not exist", Some.Request with { Links = [new LinkRequest("other/x", "x")] } },
        { "links.[]: Link none/x points to a stack that does not exist: none", Some.Request with { Links = [new LinkRequest("none/x", "x")] } },
        { "links.[0].alias: Alias is required", Some.Request with { Links = [new LinkRequest("db", null)] } },
        { "volumes.[]: volume data does not exist; create it first: kontena volume create --driver local --scope instance data", Some.Request with { Volumes = ["data:/data"] } },
        { "volumes.[]: the path /data has more than one volume", Some.Request with { Volumes = ["/data", "/x:/data"] } },
        { "volumes.[0]: Volumes[0] can't be blank", Some.Request with { Volumes = [""] } },
        { "affinity.[0]: affinity 'node=x' is not of the form subject==value or subject!=value; expected such as label==disk=ssd", Some.Request with { Affinity = ["node=x"] } },
        { "secrets.[]: Secret PASS does not exist", Some.Request with { Secrets = [new SecretRequest("PASS", "PASS")] } },
        { "secrets.[0].secret: Secret is required; secrets.[0].name: Name can't be blank", Some.Request with { Secrets = [new SecretRequest(null, " ")] } },
        { "secrets.[0].type: Type isn't an option: env or file", Some.Request with { Secrets = [new SecretRequest("DB_PASS", "PASS", "volume")] } },
        { "secrets.[0].name: Name isn't in the right format: a variable's name has no '=' and no control characters", Some.Request with { Secrets = [new SecretRequest("DB_PASS", "A=B")] } },
        { "secrets.[0].name: Name isn't in the right format: a file's name has 1 to 255 letters, digits, '.', - and _, not starting with '.'", Some.Request with { Secrets = [new SecretRequest("DB_PASS", "../../etc/passwd", "file")] } },
        { "secrets: Secrets has 129 entries, at most 128 are possible", Some.Request with { Secrets = [.. Enumerable.Repeat(new SecretRequest("DB_PASS", "PASS"), 129)] } },
        { "certificates.[]: Certificate example.org does not exist", Some.Request with { Certificates = [new CertificateRequest("example.org", "SSL")] } },
        { "cpu_shares: Cpu Shares is too big", Some.Request with { CpuShares = 1025 } },
        { "cpus: Cpus is too small", Some.Request with { Cpus = 0 } },
        { "cpus: Cpus is invalid", Some.Request with { Cpus = double.NaN } },
        { "memory: Memory is too small: at least 1", Some.Request with { Memory = 0 } },
        { "net: Net isn't in the right format: bridge, host or container:NAME", Some.Request with { Net = "container:" } },
        { "pid: Pid isn't in the right format: host, or nothing", Some.Request with { Pid = "1" } },
        { "stop_signal: Stop Signal isn't in the right format", Some.Request with { StopSignal = "TERM" } },
        { "stop_grace_period: Stop Grace Period isn't in the right format: a duration such as 30s or 1m30s", Some.Request with { StopGracePeriod = "10" } },
        { "health_check: Interval has to be bigger than timeout", Some.Request with { HealthCheck = new HealthCheckRequest { Port = 80, Protocol = "tcp", Interval = 5 } } },
        { "health_check.port: Port can't be nil", Some.Request with { HealthCheck = new HealthCheckRequest { Protocol = "tcp" } } },
        { "health_check.protocol: Protocol can't be nil", Some.Request with { HealthCheck = new HealthCheckRequest { Port = 80 } } },
        { "health_check.protocol: Protocol isn't an option", Some.Request with { HealthCheck = new HealthCheckRequest { Port = 80, Protocol = "udp" } } },
        { "health_check.port: Port is too big", Some.Request with { HealthCheck = new HealthCheckRequest { Port = 70_000, Protocol = "tcp" } } },
        { "health_check.retries: Retries is too small", Some.Request with { HealthCheck = new HealthCheckRequest { Port = 80, Protocol = "tcp", Retries = 0 } } },
        { "health_check.success_threshold: Success Threshold is too big", Some.Request with { HealthCheck = new HealthCheckRequest { Port = 80, Protocol = "tcp", SuccessThreshold = 101 } } },
        { "health_check.port: Port has no meaning with protocol none", Some.Request with { HealthCheck = new HealthCheckRequest { Port = 80, Protocol = "none" } } },
        { "readiness_check.port: Port can't be nil", Some.Request with { ReadinessCheck = new HealthCheckRequest { Protocol = "tcp" } } },
        { "hooks.pre_start.[0].timeout: Timeout is too big", Some.Request with { Hooks = new HooksRequest { PreStart = [new HookRequest { Name = "a", Cmd = "b", Instances = "*", Timeout = 3601 }] } } },
        { "deploy_opts.min_health: Min Health is too big: from 0.0 to 1.0", Some.Request with { DeployOpts = new DeployOptsRequest { MinHealth = 1.1 } } },
        { "deploy_opts.parallelism: Parallelism is too small: from 1 to 1000", Some.Request with { DeployOpts = new DeployOptsRequest { Parallelism = 0 } } },
        { "deploy_opts.parallelism_per_node: Parallelism Per Node is too big: from 1 to 1000", Some.Request with { DeployOpts = new DeployOptsRequest { ParallelismPerNode = 1001 } } },
        { "deploy_opts.order: Order not supported: one of stop-first, start-first", Some.Request with { DeployOpts = new DeployOptsRequest { Order = "start_first" } } },
        { "deploy_opts.order: start-first runs the new container beside the one before: the data of a stateful instance would have two writers; leave order out", Some.Request with { Stateful = true, DeployOpts = new DeployOptsRequest { Order = "start-first" } } },
        { "deploy_opts.order: start-first runs the new container beside the one before: the one before holds the node's ports 80/tcp; leave order out, or let a load balancer publish the ports and link this service to it", Some.Request with { Ports = [new PortRequest { ContainerPort = 80, NodePort = 80 }], DeployOpts = new DeployOptsRequest { Order = "start-first" } } },
        { "deploy_opts.order: start-first runs the new container beside the one before: with net host both would listen on the same ports; leave order out", Some.Request with { Net = "host", DeployOpts = new DeployOptsRequest { Order = "start-first" } } },
        { "deploy_opts.on_failure: On failure not supported: one of stop, continue, rollback", Some.Request with { DeployOpts = new DeployOptsRequest { OnFailure = "retry" } } },
        { "deploy_opts.spread: Spread isn't in the right format: the key of a label, such as az or rack", Some.Request with { DeployOpts = new DeployOptsRequest { Spread = "az=1" } } },
        { "deploy_opts.max_per_node: Max Per Node is too small: at least 1", Some.Request with { DeployOpts = new DeployOptsRequest { MaxPerNode = 0 } } },
        { "deploy_opts.reservations.cpus: Cpus is too small: more than 0", Some.Request with { DeployOpts = new DeployOptsRequest { Reservations = new ReservationsRequest(0, null) } } },
        { "deploy_opts.reservations.memory: Memory is too small: at least 1 byte", Some.Request with { DeployOpts = new DeployOptsRequest { Reservations = new ReservationsRequest(null, -1) } } },
        { "deploy_opts.reservations.memory: reserves 65 bytes of memory, more than its limit of 64; raise the limit or reserve less", Some.Request with { Memory = 64, DeployOpts = new DeployOptsRequest { Reservations = new ReservationsRequest(null, 65) } } },
        { "deploy_opts.reservations.cpus: reserves 2 cpus, more than its limit of 0.5; raise the limit or reserve less", Some.Request with { Cpus = 0.5, DeployOpts = new DeployOptsRequest { Reservations = new ReservationsRequest(2, null) } } },
        { "deploy_opts.max_per_node: the strategy daemon runs 3 instances on each node, and max_per_node allows 2; leave max_per_node out", Some.Request with { Strategy = "daemon", Instances = 3, DeployOpts = new DeployOptsRequest { MaxPerNode = 2 } } },
        { "affinity: Affinity is too long: at most 64 rules", Some.Request with { Affinity = [.. Enumerable.Repeat("label==x", 65)] } },
        { "deploy_opts.wait_for_port: Wait For Port is too small: from 1 to 65535", Some.Request with { DeployOpts = new DeployOptsRequest { WaitForPort = 0 } } },
        { "hooks.pre_start.[0].instances: Instances isn't in the right format", Some.Request with { Hooks = new HooksRequest { PreStart = [new HookRequest { Name = "a", Cmd = "b", Instances = "x" }] } } },
        { "hooks.post_start.[0].cmd: Cmd is required", Some.Request with { Hooks = new HooksRequest { PostStart = [new HookRequest { Name = "a", Instances = "*" }] } } },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Each_mistake_has_its_place_and_words(string expected, ServiceRequest request)
    {
        var reading = ServiceSpecReader.ReadNew(request, Some.Around);
        Assert.Null(reading.Spec);
        Assert.Equal(expected, Some.Show(reading.Errors));
    }

    [Fact]
    public void A_host_name_has_at_most_64_characters()
    {
        // 41 + "-1.shop.prod.kontena.local" (26) = 67.
        var reading = ServiceSpecReader.ReadNew(Some.Request with { Name = new string('w', 41) }, Some.Around);
        Assert.Contains("would have 67 characters, at most 64", Some.Show(reading.Errors), StringComparison.Ordinal);
        Assert.NotNull(ServiceSpecReader.ReadNew(Some.Request with { Name = new string('w', 38) }, Some.Around).Spec);
    }

    [Fact]
    public void All_mistakes_are_reported_at_once_under_the_given_path()
    {
        var reading = ServiceSpecReader.ReadNew(
            new ServiceRequest { Name = "web", StopSignal = "X", Env = ["bad"], Net = "moon" }, Some.Around, "services", "web");
        Assert.Equal(
            ["services.web.image", "services.web.stateful", "services.web.net", "services.web.stop_signal", "services.web.env.[0]"],
            reading.Errors.Select(error => string.Join('.', error.Path)));
    }

    private static ServiceSpec Read(ServiceRequest request)
    {
        var reading = ServiceSpecReader.ReadNew(request, Some.Around);
        Assert.Equal("", Some.Show(reading.Errors));
        return reading.Spec!;
    }

    [Fact]
    public void Secrets_of_the_vault_are_kept_in_their_order_and_stay_when_an_update_does_not_name_them()
    {
        var asked = Some.Request with { Secrets = [new SecretRequest("DB_PASS", "B"), new SecretRequest("DB_PASS", "a.pem", "file"), new SecretRequest("DB_PASS", "B", null)] };
        var spec = ServiceSpecReader.ReadNew(asked, Some.Around).Spec!;
        Assert.Equal([new SecretUse("DB_PASS", "B", "env"), new SecretUse("DB_PASS", "a.pem", "file"), new SecretUse("DB_PASS", "B", "env")], spec.Secrets);
        // Also when the secret has been removed since.
        var nowhere = Some.Around with { Secrets = new HashSet<string>() };
        Assert.Equal(spec.Secrets, ServiceSpecReader.ReadUpdate(new ServiceRequest { Image = "other:1" }, Some.Service(spec), nowhere).Spec!.Secrets);
        Assert.Empty(ServiceSpecReader.ReadUpdate(new ServiceRequest { Secrets = [] }, Some.Service(spec), nowhere).Spec!.Secrets);
    }
}

using System.Text.Json;
using Kontena.Contracts;
using Kontena.Contracts.Services;
using Xunit;

namespace Kontena.StackFiles.Tests;

public sealed class StackFileReaderTests
{
    [Fact]
    public void The_smallest_file_gets_the_documented_defaults()
    {
        var request = Reading.Of("stack: acme/shop\nservices: {s: {image: nginx}}").Request!;

        Assert.Equal(("acme/shop", "0.0.1", "shop", "file://"), (request.Stack, request.Version, request.Name, request.Registry));
        Assert.Equal("nginx:latest", request.Services!.Single().Image);
        Assert.Equal("stack: acme/shop\nservices: {s: {image: nginx}}", request.Source);
    }

    [Theory]
    [InlineData("nginx", "nginx:latest")]
    [InlineData("reg.example:5000/app", "reg.example:5000/app:latest")]
    [InlineData("app@sha256:0a1b", "app@sha256:0a1b")]
    [InlineData("reg:5000/a/b:1", "reg:5000/a/b:1")]
    public void Images_without_tag_get_latest(string image, string expected) =>
        Assert.Equal(expected, Reading.Service($"image: {image}").Image);

    [Theory]
    [InlineData("60", 60)]
    [InlineData("1m30s", 90)]
    public void Stop_after_disconnect_is_a_duration(string text, int seconds) =>
        Assert.Equal(seconds, Reading.Service($"image: i\ndeploy: {{stop_after_disconnect: {text}}}").DeployOpts!.StopAfterDisconnect);

    [Fact]
    public void Ports_are_read_with_address_and_protocol()
    {
        var ports = Reading.Service("image: i\nports: [80:8080, 22:22, \"10.0.0.1:53:5353/udp\", 443:8443/tcp]").Ports!;

        Assert.Equal(
            [("0.0.0.0", 80, 8080, "tcp"), ("0.0.0.0", 22, 22, "tcp"), ("10.0.0.1", 53, 5353, "udp"), ("0.0.0.0", 443, 8443, "tcp")],
            ports.Select(port => (port.Ip!, port.NodePort!.Value, port.ContainerPort!.Value, port.Protocol!)));
    }

    [Fact]
    public void Environment_values_are_read_as_yaml_1_1()
    {
        var service = Reading.Service("image: i\nenvironment: {A: 1, B: yes, C: , D: \"x=y\", E: 010, F: 1.5}");

        Assert.Equal(["A=1", "B=true", "C=", "D=x=y", "E=8", "F=1.5"], service.Env!);
    }

    [Fact]
    public void Inline_environment_wins_over_files_and_earlier_files_over_later_ones()
    {
        var result = new Reading(
            ("kontena.yml", "stack: a/b\nservices:\n  s:\n    image: i\n    environment: [A=inline]\n    env_file: [one.env, two.env]"),
            ("one.env", "A=1\n  # note\n\nB=1\n"),
            ("two.env", "B=2\nC=2\n K = v \nFLAG")).Read();

        Assert.Empty(result.Errors);
        Assert.Equal(["A=inline", "B=1", "C=2", "FLAG=", "K = v"], result.Request!.Services![0].Env!.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Links_come_from_links_and_depends_on()
    {
        var result = Reading.Of("""
            stack: a/b
            services:
              s: {image: i, depends_on: [db, db], links: [db:pg, {name: lb, alias: front}, shop/api]}
              db: {image: i}
              lb: {image: i}
            """);

        Assert.Empty(result.Errors);
        Assert.Equal(
            [new LinkRequest("db", "pg"), new LinkRequest("lb", "front"), new LinkRequest("shop/api", "shop/api"), new LinkRequest("db", "db")],
            result.Request!.Services![0].Links!);
    }

    [Fact]
    public void Commands_are_split_like_a_shell_would() =>
        Assert.Equal(["sh", "-c", "echo 'a b'", "c d"], Reading.Service("""
            image: i
            command: sh -c "echo 'a b'" c\ d
            """).Cmd!);

    [Fact]
    public void Checks_thresholds_and_hook_limits_are_read()
    {
        var service = Reading.Service("""
            image: i
            health_check: {protocol: tcp, port: 5432, retries: 5, success_threshold: 2}
            readiness_check: {protocol: http, port: 80, uri: /ready, interval: 2, timeout: 1}
            hooks:
              pre_start:
                - {name: a, cmd: b, instances: 1, timeout: 15m}
                - {name: c, cmd: d, instances: "*", timeout: 90}
            """);

        Assert.Equal(new HealthCheckRequest { Protocol = "tcp", Port = 5432, Retries = 5, SuccessThreshold = 2 }, service.HealthCheck);
        Assert.Equal(new HealthCheckRequest { Protocol = "http", Port = 80, Uri = "/ready", Interval = 2, Timeout = 1 }, service.ReadinessCheck);
        Assert.Equal([900, 90], service.Hooks!.PreStart!.Select(hook => hook.Timeout));
        Assert.Equal("none", Reading.Service("image: i\nhealth_check: {protocol: none}").HealthCheck!.Protocol);
    }

    [Fact]
    public void Sizes_durations_and_numbers_are_converted()
    {
        var service = Reading.Service("""
            image: i
            mem_limit: 64M
            memswap_limit: 1g
            shm_size: 10k
            cpus: 2
            user: 1000
            stop_grace_period: 1m30s
            deploy: {interval: 7d, min_health: 1, strategy: daemon, wait_for_port: 80, spread: rack, max_per_node: 3, reservations: {cpus: 0.25, memory: 64m}}
            """);

        Assert.Equal((67108864, 1L << 30, 10240, 2.0, "1000", "1m30s"),
            (service.Memory, service.MemorySwap, service.ShmSize, service.Cpus, service.User, service.StopGracePeriod));
        Assert.Equal(new DeployOptsRequest
            {
                Interval = 604800, MinHealth = 1, WaitForPort = 80, Spread = "rack", MaxPerNode = 3, Reservations = new ReservationsRequest(0.25, 64 << 20),
            },
            service.DeployOpts);
        Assert.Equal("daemon", service.Strategy);
    }

    [Fact]
    public void Deploy_has_a_schedule() => Assert.Equal(
        new DeployOptsRequest { Schedule = "*/5 * * * *", TimeZone = "Europe/Helsinki", Concurrency = "replace", History = 3, StartingDeadline = 5400 },
        Reading.Service("image: i\ndeploy: {schedule: \"*/5 * * * *\", time_zone: Europe/Helsinki, concurrency: replace, history: 3, starting_deadline: 1h30m}").DeployOpts);

    [Fact]
    public void Deploy_has_parallelism_and_what_to_do_on_failure() => Assert.Equal(
        new DeployOptsRequest { Parallelism = 2, OnFailure = "rollback" },
        Reading.Service("image: i\ndeploy: {parallelism: 2, on_failure: rollback}").DeployOpts);

    [Fact]
    public void Deploy_has_an_order_and_a_bound_per_node() => Assert.Equal(
        new DeployOptsRequest { ParallelismPerNode = 1, Order = "start-first" },
        Reading.Service("image: i\ndeploy: {parallelism_per_node: 1, order: start-first}").DeployOpts);

    [Fact]
    public void Conditions_of_depends_on_are_read_in_our_words_and_in_composes()
    {
        var result = Reading.Of("""
            stack: a/b
            services:
              db: {image: i, health_check: {protocol: tcp, port: 1}}
              mq: {image: i, health_check: {protocol: tcp, port: 1}}
              web: {image: i, depends_on: {db: {condition: service_healthy}, mq: {condition: healthy}}}
              job: {image: i, depends_on: {db: {condition: service_started}, mq: {}}}
            """);
        Assert.Empty(result.Errors);
        var web = result.Request!.Services!.Single(one => one.Name == "web");
        Assert.Equal([new DependencyRequest("db", "healthy"), new DependencyRequest("mq", "healthy")], web.DependsOn);
        Assert.Equal(["db", "mq"], web.Links!.Select(one => one.Name));
        Assert.Null(result.Request.Services!.Single(one => one.Name == "job").DependsOn);

        var compose = Reading.Of("""
            version: '2'
            services:
              web: {image: i, depends_on: {migrate: {condition: service_completed_successfully}, seed: {condition: completed}}}
              migrate: {image: i, restart: "no"}
              seed: {image: i}
            """);
        Assert.Empty(compose.Errors);
        Assert.Equal(
            [new DependencyRequest("migrate", "completed"), new DependencyRequest("seed", "completed")], compose.Request!.Services!.Single(one => one.Name == "web").DependsOn);
        Assert.Contains(Reading.OfService("image: i\ndepends_on: {s2: {condition: soon}}").Errors,
            error => error.ToString().Contains("expected started, healthy or completed", StringComparison.Ordinal));
    }

    [Fact]
    public void Anchors_merge_keys_and_repeated_keys_work()
    {
        var services = Reading.Of("""
            stack: a/b
            data: {base: &base {image: i, user: app}}
            services:
              a: *base
              b: {<<: *base, command: run, command: run twice}
            """).Request!.Services!;

        Assert.Equal(("i:latest", "app"), (services[0].Image, services[0].User));
        Assert.Equal(["run", "twice"], services[1].Cmd!);
        Assert.Equal("app", services[1].User);
    }

    [Fact]
    public void External_volumes_are_named()
    {
        var result = new Reading(("kontena.yml", """
            stack: a/b
            services: {s: {image: i, volumes: [/data, "/etc/x:/x:ro", "db:/var/lib:ro,z", "cache:/cache"]}}
            volumes:
              db: {external: {name: "${STACK}-db"}}
              cache: {external: true}
            """))
        { Name = "blue" }.Read();

        Assert.Empty(result.Errors);
        Assert.Equal([("db", "blue-db"), ("cache", "cache")], result.Request!.Volumes!.Select(one => (one.Name!, one.External!)));
    }

    [Fact]
    public void The_payload_has_the_names_of_the_api()
    {
        var request = Reading.Of("stack: a/b\nservices: {s: {image: i, stop_grace_period: 5s}}").Request!;

        using var json = JsonDocument.Parse(JsonSerializer.Serialize(request, KontenaHttpJson.Default.StackRequest));
        var service = json.RootElement.GetProperty("services")[0];
        Assert.Equal("5s", service.GetProperty("stop_grace_period").GetString());
        Assert.Equal(JsonValueKind.Object, json.RootElement.GetProperty("metadata").ValueKind);
    }

    [Fact]
    public void Line_ends_and_byte_order_marks_change_nothing()
    {
        const string text = "stack: a/b\nservices:\n  s:\n    image: i\n    command: run\n";

        var plain = Reading.Of(text).Request!;
        var odd = Reading.Of("\uFEFF" + text.ReplaceLineEndings("\r\n") + "   \n").Request!;

        Assert.Equal(plain.Services![0].Cmd, odd.Services![0].Cmd);
        Assert.Equal(plain.Services[0].Image, odd.Services[0].Image);
    }
}

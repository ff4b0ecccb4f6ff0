using System.Net;
using System.Net.Sockets;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Services;
using Kontena.Docker;
using Kontena.NodeAgent.Tests.Support;
using Kontena.Testing.Docker;
using Xunit;

namespace Kontena.NodeAgent.Tests.Health;

/// <summary>Checks from the order to the report, over an engine in memory. Containers on the host's network are asked at this machine.</summary>
public class HealthMonitorTests
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    private static FakeContainerEngine Engine()
    {
        var engine = new FakeContainerEngine();
        engine.AddImage(TinyImages.Tiny1);
        return engine;
    }

    private static (TcpListener Listener, int Port) Listen()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return (listener, ((IPEndPoint)listener.LocalEndpoint).Port);
    }

    private static InstanceSpec Spec(int port, int interval = 1, int initialDelay = 0, int? retries = 2) => Some.Spec() with
    {
        Net = "host",
        HealthCheck = new HealthCheckSpec("tcp", port, Timeout: 1, Interval: interval, InitialDelay: initialDelay) { Retries = retries },
    };

    [Fact]
    public async Task A_deploy_waits_for_the_first_success_and_not_for_an_interval()
    {
        var (listener, port) = Listen();
        listener.Stop();
        await using var agent = await AgentHarness.StartAsync(Engine());
        await agent.ApplyAsync(Spec(port, interval: 3600, initialDelay: 10));
        var starting = await agent.ObserveAsync(seen => seen is { State: ObservedState.Running, HealthReason: not null });

        listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        var ready = await agent.ReadyAsync(1);
        listener.Stop();

        Assert.Equal((false, null), (starting.Ready, starting.Health));
        Assert.Equal(("healthy", null), (ready.Health, ready.HealthReason));
    }

    [Fact]
    public async Task One_that_fails_often_enough_is_restarted_with_the_reason()
    {
        var (listener, port) = Listen();
        var engine = Engine();
        await using var agent = await AgentHarness.StartAsync(engine);
        await agent.ApplyAsync(Spec(port));
        var first = await agent.ReadyAsync(1);

        listener.Stop();
        var sick = await agent.ObserveAsync(seen => seen.Health == "unhealthy");
        var restarted = await agent.ObserveAsync(seen => seen.Restarts == 1);

        Assert.False(sick.Ready);
        Assert.Contains($"tcp 127.0.0.1:{port}: ConnectionRefused", sick.HealthReason, StringComparison.Ordinal);
        Assert.StartsWith("unhealthy: tcp 127.0.0.1", restarted.RestartReason, StringComparison.Ordinal);
        Assert.StartsWith("unhealthy: tcp 127.0.0.1", restarted.Error, StringComparison.Ordinal);
        Assert.Equal(first.ContainerId, restarted.ContainerId);
        Assert.Equal(1, engine.Calls.Count("RestartContainer"));
    }

    [Fact]
    public async Task The_error_of_an_unhealthy_time_goes_when_it_is_healthy_again()
    {
        var (listener, port) = Listen();
        listener.Stop();
        await using var agent = await AgentHarness.StartAsync(Engine());
        await agent.ApplyAsync(Spec(port));
        await agent.ObserveAsync(seen => seen is { Error: not null, Restarts: >= 1 });

        listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        var ready = await agent.ReadyAsync(1);
        listener.Stop();

        Assert.Null(ready.Error);
    }

    [Fact]
    public async Task A_readiness_check_takes_out_and_brings_back_and_never_restarts()
    {
        var (listener, port) = Listen();
        var engine = Engine();
        await using var agent = await AgentHarness.StartAsync(engine);
        await agent.ApplyAsync(Spec(port) with { HealthCheck = null, ReadinessCheck = new HealthCheckSpec("tcp", port, Timeout: 1, Interval: 1, InitialDelay: 0) });
        await agent.ReadyAsync(1);

        listener.Stop();
        await agent.ObserveAsync(seen => seen is { Ready: false, Health: "unhealthy" });
        agent.Bus.Forget();
        listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        var back = await agent.ReadyAsync(1);
        listener.Stop();

        Assert.Equal(0, back.Restarts);
        Assert.Equal(0, engine.Calls.Count("RestartContainer"));
    }

    [Fact]
    public async Task The_images_own_check_makes_ready_and_restarts()
    {
        var engine = Engine();
        engine.HealthAtStart = _ => "starting";
        await using var agent = await AgentHarness.StartAsync(engine);
        await agent.ApplyAsync(Some.Spec());
        var starting = await agent.ObserveAsync(seen => seen.State == ObservedState.Running);
        engine.SetHealth("shop.web-1", "healthy");
        await agent.ReadyAsync(1);

        engine.SetHealth("shop.web-1", "unhealthy");
        var restarted = await agent.ObserveAsync(seen => seen.Restarts == 1);

        Assert.False(starting.Ready);
        Assert.StartsWith("unhealthy: the image's HEALTHCHECK", restarted.RestartReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_crash_loop_is_shown_and_written_to_the_instances_log()
    {
        var engine = Engine();
        engine.ExitAtStart = _ => 3;
        await using var agent = await AgentHarness.StartAsync(engine);
        await agent.ApplyAsync(Some.Spec());

        var looping = await agent.ObserveAsync(seen => seen.CrashLooping, 60);

        Assert.Equal(5, looping.Restarts);
        Assert.StartsWith("exited with code 3", looping.RestartReason, StringComparison.Ordinal);
        Assert.True(looping.NextStartAt > looping.FinishedAt);
        await agent.Bus.WaitForAsync<Kontena.Contracts.Logs.LogBatch>(batch => batch.Lines.Any(line => line.Text.StartsWith("crash-looping: restarted 5 times", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_hook_that_hangs_is_ended_at_its_own_limit_and_the_deploy_says_so()
    {
        await using var agent = await AgentHarness.StartAsync(Engine());
        await agent.ApplyAsync(Some.Spec() with { Hooks = [new ServiceHook("migrate", "pre_start", "sleep 1000") { Timeout = 1 }] });

        var failed = await agent.ObserveAsync(seen => seen.Error is not null);

        Assert.Contains("hook migrate (pre_start) did not end within 1 s and was killed", failed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_container_that_ignores_its_stop_signal_is_killed_and_that_is_said()
    {
        var engine = Engine();
        engine.AddImage(TinyImages.Tiny2);
        await using var agent = await AgentHarness.StartAsync(engine);
        await agent.ApplyAsync(Some.Spec());
        await agent.ReadyAsync(1);
        var stop = engine.Calls.Hold("StopContainer");

        await agent.ApplyAsync(Some.Spec(image: TinyImages.Tiny2, deployRev: "d2", revision: 2), 2);
        await stop.Entered.WaitAsync(Token);
        await Task.Delay(TimeSpan.FromSeconds(1.1), TimeProvider.System, Token);
        stop.Open();
        var ready = await agent.ReadyAsync(2);

        Assert.Contains("did not end within 1 s of its stop signal and was killed", ready.Notice, StringComparison.Ordinal);
        Assert.Null(ready.Error);
    }
}

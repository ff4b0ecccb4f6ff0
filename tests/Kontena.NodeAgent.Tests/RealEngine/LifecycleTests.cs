using Kontena.Contracts.Instances;
using Kontena.Contracts.Services;
using Kontena.Docker;
using Kontena.NodeAgent.Tests.Support;
using Kontena.Testing.Docker;
using Xunit;

namespace Kontena.NodeAgent.Tests.RealEngine;

public sealed class LifecycleTests(DockerEngine docker) : RealEngineTest(docker)
{
    [Fact]
    public async Task Five_instances_run_at_once_with_what_the_platform_tells_them()
    {
        var service = Fresh("many");
        var specs = Enumerable.Range(1, 5).Select(number => Some.Spec(service, number) with { Env = ["COLOR=blue"] }).ToList();
        await Task.WhenAll(specs.Select(spec => ApplyAsync(spec)));
        foreach (var spec in specs)
            Assert.NotNull((await ReadyAsync(spec)).Address);

        var (_, environment) = await ShellAsync(specs[2].Name, "env; hostname");

        Assert.Contains("COLOR=blue", environment, StringComparison.Ordinal);
        Assert.Contains("KONTENA_SERVICE_INSTANCE_NUMBER=3", environment, StringComparison.Ordinal);
        Assert.Contains("KONTENA_NODE_NAME=node-1", environment, StringComparison.Ordinal);
        Assert.Contains($"{service}-3", environment, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_container_killed_or_removed_by_hand_comes_back()
    {
        var spec = Some.Spec(Fresh("hand"));
        var first = await RunAsync(spec);

        await Engine.StopContainerAsync(first.ContainerId!, TimeSpan.Zero, TestContext.Current.CancellationToken);
        var second = await Agent.ObserveAsync(seen => seen.Ready && seen.InstanceId == IdOf(spec) && seen.StartedAt > first.StartedAt);
        await Engine.RemoveContainerAsync(second.ContainerId!, force: true, anonymousVolumes: false, TestContext.Current.CancellationToken);
        var third = await Agent.ObserveAsync(seen => seen.Ready && seen.InstanceId == IdOf(spec) && seen.ContainerId != second.ContainerId);

        Assert.Equal(first.ContainerId, second.ContainerId);
        Assert.Equal(spec.Name, third.ContainerName);
    }

    [Fact]
    public async Task A_stopped_instance_stays_down_and_starts_when_told()
    {
        var spec = Some.Spec(Fresh("pause"));
        var running = await RunAsync(spec);

        await ApplyAsync(spec, 2, DesiredState.Stopped);
        await Agent.ObserveAsync(seen => seen.InstanceId == IdOf(spec) && seen is { Generation: 2, State: ObservedState.Stopped });
        var again = await RunAsync(spec, 3);

        Assert.Equal(running.ContainerId, again.ContainerId);
        Assert.DoesNotContain(Agent.Bus.Of<InstanceObserved>(), seen => seen.InstanceId == IdOf(spec) && seen.Error is not null);
    }

    [Fact]
    public async Task A_restarted_agent_goes_on_without_touching_the_container()
    {
        var spec = Some.Spec(Fresh("adopt"));
        var before = await RunAsync(spec);
        var directory = Agent.Directory;
        await Agent.StopAsync();

        await using var restarted = await AgentHarness.StartAsync(Engine, directory);
        var after = await restarted.ObserveAsync(seen => seen.Ready && seen.InstanceId == IdOf(spec));

        Assert.Equal(before.ContainerId, after.ContainerId);
        Assert.Equal(before.StartedAt, after.StartedAt);
        await restarted.RemoveAsync(spec, 2, id: IdOf(spec));
        await restarted.ObserveAsync(seen => seen.InstanceId == IdOf(spec) && seen.State == ObservedState.Removed);
        Agent.Board.Set(after with { State = ObservedState.Removed });
        await Agent.Bus.SendAsync(new("reports", default), after with { State = ObservedState.Removed }, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_command_that_exits_at_once_is_told_with_its_last_lines()
    {
        var spec = Some.Spec(Fresh("exits")) with { Cmd = ["sh", "-c", "echo starting; echo cannot reach the moon >&2; exit 3"] };
        await ApplyAsync(spec);

        var failed = await Agent.ObserveAsync(seen => seen.InstanceId == IdOf(spec) && seen.Error is not null);

        Assert.Contains("exited with code 3", failed.Error, StringComparison.Ordinal);
        Assert.Contains("cannot reach the moon", failed.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(Agent.Bus.Of<InstanceObserved>(), seen => seen.InstanceId == IdOf(spec) && seen.Ready);
    }

    [Fact]
    public async Task A_missing_image_is_told_with_a_remedy()
    {
        var spec = Some.Spec(Fresh("noimage"), image: "127.0.0.1:9/nowhere/nothing:1");
        await ApplyAsync(spec);

        var failed = await Agent.ObserveAsync(seen => seen.InstanceId == IdOf(spec) && seen.Error is not null);

        Assert.Contains("127.0.0.1:9/nowhere/nothing:1", failed.Error, StringComparison.Ordinal);
        Assert.Contains("Check the name", failed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_that_is_not_in_the_image_is_told()
    {
        var spec = Some.Spec(Fresh("nocmd")) with { Cmd = ["/no/such/program"] };
        await ApplyAsync(spec);

        var failed = await Agent.ObserveAsync(seen => seen.InstanceId == IdOf(spec) && seen.Error is not null);

        Assert.Contains("/no/such/program", failed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told_and_tried_again()
    {
        var holder = Some.Spec(Fresh("holder")) with { Ports = [new PortMapping(18080, 80)] };
        var late = Some.Spec(Fresh("late")) with { Ports = [new PortMapping(18080, 80)] };
        await RunAsync(holder);

        await ApplyAsync(late);
        var failed = await Agent.ObserveAsync(seen => seen.InstanceId == IdOf(late) && seen.Error is not null);
        await Agent.RemoveAsync(holder, 2, id: IdOf(holder));
        await ReadyAsync(late);

        Assert.Contains("18080", failed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_waited_for_port_decides_when_the_instance_is_ready()
    {
        var spec = Some.Spec(Fresh("port")) with
        {
            Cmd = ["sh", "-c", "sleep 2; exec httpd -f -p 80"],
            WaitForPort = 80,
        };

        var ready = await RunAsync(spec);
        var (code, _) = await ShellAsync(spec.Name, "timeout 3 nc 127.0.0.1 80 </dev/null");

        Assert.True(TimeProvider.System.GetUtcNow() - ready.StartedAt >= TimeSpan.FromSeconds(2));
        Assert.Equal(0, code);
    }

    [Fact]
    public async Task A_published_port_answers_on_the_node()
    {
        var spec = Some.Spec(Fresh("http"), image: TinyImages.Httpd) with { Ports = [new PortMapping(18081, 80)], WaitForPort = 80 };
        await RunAsync(spec);

        using var client = new HttpClient();
        var answer = await client.GetStringAsync("http://127.0.0.1:18081/", TestContext.Current.CancellationToken);

        Assert.Equal(spec.Hostname, answer.Trim());
    }

    [Fact]
    public async Task A_failing_health_check_restarts_the_container()
    {
        var spec = Some.Spec(Fresh("sick")) with { HealthCheck = new HealthCheckSpec("tcp", 81, Timeout: 1, Interval: 1, InitialDelay: 1) };
        await ApplyAsync(spec);

        var sick = await Agent.ObserveAsync(seen => seen.InstanceId == IdOf(spec) && seen.Health == "unhealthy");
        var again = await Agent.ObserveAsync(seen => seen.InstanceId == IdOf(spec) && seen.Restarts == 1 && seen.StartedAt > sick.StartedAt);

        Assert.NotNull(sick.HealthAt);
        Assert.Equal(sick.ContainerId, again.ContainerId);
        Assert.Matches(@"^unhealthy: tcp 10\.81\.1\.\d+:81: ConnectionRefused$", again.RestartReason);
    }

    [Fact]
    public async Task A_good_health_check_is_reported()
    {
        var spec = Some.Spec(Fresh("well"), image: TinyImages.Httpd) with
        {
            HealthCheck = new HealthCheckSpec("http", 80, "/index.html", Timeout: 2, Interval: 1, InitialDelay: 0),
        };
        await ApplyAsync(spec);

        await Agent.ObserveAsync(seen => seen.InstanceId == IdOf(spec) && seen.Health == "healthy");
    }

    [Fact]
    public async Task The_images_own_check_decides_when_the_service_has_none()
    {
        await using var context = TinyImages.Context("HEALTHCHECK --interval=1s --retries=2 CMD test -f /tmp/well || { echo no file; exit 1; }\nCMD [\"sleep\", \"1000000\"]\n");
        const string image = "kontena-test/checked:1";
        await Engine.BuildImageAsync(context, new BuildOptions { Tag = image }, progress: null, TestContext.Current.CancellationToken);
        var spec = Some.Spec(Fresh("own"), image: image);
        await ApplyAsync(spec);
        var starting = await Agent.ObserveAsync(seen => seen.InstanceId == IdOf(spec) && seen.State == ObservedState.Running);
        await ShellAsync(spec.Name, "touch /tmp/well");
        var ready = await ReadyAsync(spec);

        await ShellAsync(spec.Name, "rm /tmp/well");
        var restarted = await Agent.ObserveAsync(seen => seen.InstanceId == IdOf(spec) && seen.Restarts > 0 && seen.Error is not null);

        Assert.False(starting.Ready);
        Assert.Equal("healthy", ready.Health);
        Assert.Equal("unhealthy: the image's HEALTHCHECK says: no file", restarted.RestartReason);
        Assert.Equal(ready.ContainerId, restarted.ContainerId);
    }

    [Fact]
    public async Task A_hook_that_hangs_is_ended_with_its_last_lines()
    {
        var spec = Some.Spec(Fresh("hang")) with { Hooks = [new ServiceHook("wait", "pre_start", "echo waiting for db; sleep 1000") { Timeout = 2 }] };
        await ApplyAsync(spec);

        var failed = await Agent.ObserveAsync(seen => seen.InstanceId == IdOf(spec) && seen.Error is not null);

        Assert.Contains("hook wait (pre_start) did not end within 2 s and was killed", failed.Error, StringComparison.Ordinal);
        Assert.Contains("waiting for db", failed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_container_that_ignores_its_stop_signal_is_killed_after_its_grace_and_that_is_said()
    {
        var spec = Some.Spec(Fresh("deaf")) with { Cmd = ["sh", "-c", "trap '' TERM; while true; do sleep 1; done"], StopGracePeriod = 2, StopSignal = "SIGTERM" };
        await RunAsync(spec);

        var ready = await RunAsync(spec with { DeployRev = "d2", ServiceRevision = 2 }, 2);

        Assert.Contains("did not end within 2 s of SIGTERM and was killed", ready.Notice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hooks_run_where_they_belong()
    {
        var spec = Some.Spec(Fresh("hooks")) with
        {
            Stateful = true,
            Volumes = [new VolumeMount("/data")],
            Hooks =
            [
                new ServiceHook("before", "pre_start", "echo one > /data/hook", Oneshot: true),
                new ServiceHook("after", "post_start", "cat /data/hook > /tmp/seen; hostname >> /tmp/seen"),
            ],
        };
        await RunAsync(spec);

        var (_, seen) = await ShellAsync(spec.Name, "cat /tmp/seen");

        Assert.Equal($"one\n{spec.Hostname}\n", seen);
        Assert.Single(Agent.Orders.Find(IdOf(spec))!.HooksDone);
    }

    [Fact]
    public async Task A_failing_pre_start_hook_keeps_the_instance_from_starting()
    {
        var spec = Some.Spec(Fresh("badhook")) with { Hooks = [new ServiceHook("check", "pre_start", "echo no licence; exit 4")] };
        await ApplyAsync(spec);

        var failed = await Agent.ObserveAsync(seen => seen.InstanceId == IdOf(spec) && seen.Error is not null);

        Assert.Contains("hook check (pre_start) ended with code 4", failed.Error, StringComparison.Ordinal);
        Assert.Contains("no licence", failed.Error, StringComparison.Ordinal);
        Assert.Null(failed.ContainerId);
    }
}

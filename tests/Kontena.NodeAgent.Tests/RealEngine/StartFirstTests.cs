using System.Collections.Concurrent;
using System.Diagnostics;
using Kontena.Contracts.Instances;
using Kontena.Docker;
using Kontena.NodeAgent.Instances;
using Kontena.NodeAgent.Tests.Support;
using Kontena.Testing.Docker;
using Xunit;

namespace Kontena.NodeAgent.Tests.RealEngine;

/// <summary>Replacements that start first, on an engine.</summary>
public sealed class StartFirstTests(DockerEngine docker) : RealEngineTest(docker)
{
    /// <summary>Needs two seconds until its port opens.</summary>
    private static readonly string[] Slow = ["sh", "-c", "mkdir -p /www && hostname > /www/index.html; sleep 2; exec httpd -f -p 80 -h /www"];

    [Fact]
    public async Task It_is_replaced_without_a_moment_of_none_running_and_has_its_names()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var spec = Web("swap");
        var before = await RunAsync(spec);
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var events = new ConcurrentQueue<EngineEvent>();
        var watch = WatchAsync(spec, events, watching.Token);

        var after = await RunAsync(Next(spec), 2);
        var left = await UntilAloneAsync(spec, after.ContainerId!);
        await watching.CancelAsync();
        await watch;

        Assert.NotEqual(before.ContainerId, after.ContainerId);
        Assert.Equal((spec.Name, "d2"), (after.ContainerName, after.DeployRev));
        Assert.Equal(spec.Name, left.Name.TrimStart('/'));
        var running = 1;
        foreach (var happened in events)
        {
            running += happened.Action switch { "start" => 1, "die" => -1, _ => 0 };
            Assert.True(running >= 1, $"none ran after {happened.Action} of {happened.ContainerName}");
        }

        Assert.Equal(1, running);
        Assert.Contains(events, happened => happened.Action == "start");
        var client = Some.Spec(Fresh("client"));
        await RunAsync(client);
        foreach (var name in (string[])[spec.Service, $"{spec.Service}-1", $"{spec.Service}-1.shop.test.kontena.local"])
            await PageAsync(client.Name, name, spec.Hostname!);
    }

    [Fact]
    public async Task While_the_successor_gets_ready_the_old_one_is_told_as_serving()
    {
        var spec = Web("during");
        var before = await RunAsync(spec);

        await ApplyAsync(Next(spec) with { Cmd = Slow }, 2);
        await Agent.ObserveAsync(seen => seen.InstanceId == IdOf(spec) && seen is { Generation: 2, DeployRev: "d2", Ready: true });

        var meanwhile = Agent.Bus.Of<InstanceObserved>().Where(seen => seen.InstanceId == IdOf(spec) && seen is { Generation: 2, DeployRev: "d1" }).ToList();
        Assert.NotEmpty(meanwhile);
        Assert.All(meanwhile, seen => Assert.True(seen is { State: ObservedState.Running, Ready: true, ServiceRevision: 1 } && seen.ContainerId == before.ContainerId, seen.ToString()));
    }

    [Fact]
    public async Task One_that_fails_is_removed_and_the_old_one_runs_on()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var spec = Web("keeps");
        var before = await RunAsync(spec);

        await ApplyAsync(Next(spec) with { Cmd = ["sh", "-c", "echo no licence found >&2; exit 3"] }, 2);
        var failed = await Agent.ObserveAsync(seen => seen.InstanceId == IdOf(spec) && seen is { Generation: 2, Error: not null });
        // Another one is tried, and fails alike.
        var attempts = 0;
        await foreach (var happened in Engine.EventsAsync(failed.StartedAt!.Value, cancellation))
        {
            if (happened.Action == "die" && happened.Labels.GetValueOrDefault(ManagedLabels.InstanceId) == IdOf(spec) && ++attempts == 2)
                break;
        }


        Assert.Contains("exited with code 3", failed.Error, StringComparison.Ordinal);
        Assert.Contains("no licence found", failed.Error, StringComparison.Ordinal);
        Assert.EndsWith("(the container of revision 1 runs on)", failed.Error, StringComparison.Ordinal);
        Assert.Equal((ObservedState.Running, true, "d1", before.ContainerId), (failed.State, failed.Ready, failed.DeployRev, failed.ContainerId));
        Assert.Equal(before.StartedAt, (await Engine.InspectContainerAsync(spec.Name, cancellation))!.StartedAt);

        var repaired = await RunAsync(Next(spec) with { DeployRev = "d3", ServiceRevision = 3 }, 3);
        await UntilAloneAsync(spec, repaired.ContainerId!);
        Assert.Null(repaired.Error);
    }

    [Fact]
    public async Task One_whose_port_never_opens_is_interrupted_by_a_newer_order()
    {
        var spec = Web("closed");
        var before = await RunAsync(spec);
        await ApplyAsync(Next(spec) with { WaitForPort = 81 }, 2);
        await UntilAsync(spec, all => all.Count == 2 && all.All(one => one.State == "running"), "both run");

        // What was there before is wanted again: the old container is left as it is.
        await ApplyAsync(spec, 3);
        var settled = await ReadyAsync(spec, 3);

        await UntilAloneAsync(spec, before.ContainerId!);
        Assert.Equal(before.StartedAt, settled.StartedAt);
    }

    [Fact]
    public async Task Killed_in_between_the_next_agent_finishes_it()
    {
        var spec = Web("agent");
        var before = await RunAsync(spec);
        await ApplyAsync(Next(spec) with { Cmd = Slow }, 2);
        await UntilAsync(spec, all => all.Count == 2, "both are there");
        var directory = Agent.Directory;
        await Agent.StopAsync();

        await using var restarted = await AgentHarness.StartAsync(Engine, directory);
        var after = await restarted.ObserveAsync(seen => seen.InstanceId == IdOf(spec) && seen is { Generation: 2, Ready: true, DeployRev: "d2" });

        await UntilAloneAsync(spec, after.ContainerId!);
        Assert.NotEqual(before.ContainerId, after.ContainerId);
        await restarted.RemoveAsync(spec, 3, id: IdOf(spec));
        var removed = await restarted.ObserveAsync(seen => seen.InstanceId == IdOf(spec) && seen.State == ObservedState.Removed);
        await Agent.Bus.SendAsync(new("reports", default), removed, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task After_the_engine_was_killed_in_between_there_is_one_container()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var pidFile = Environment.GetEnvironmentVariable("KONTENA_TEST_DOCKER_PID");
        Assert.SkipWhen(pidFile is null, "nobody starts this engine again when it is killed: KONTENA_TEST_DOCKER_PID is not set (run the tests with infra/lib/sandbox)");
        var spec = Web("engine");
        await RunAsync(spec);
        await ApplyAsync(Next(spec) with { Cmd = Slow }, 2);
        await UntilAsync(spec, all => all.Count == 2 && all.All(one => one.State == "running"), "both run");

        using (var engine = Process.GetProcessById(int.Parse(await File.ReadAllTextAsync(pidFile!, cancellation))))
        {
            engine.Kill(entireProcessTree: true);
            await engine.WaitForExitAsync(cancellation);
        }

        var after = await Agent.ObserveAsync(seen => seen.InstanceId == IdOf(spec) && seen is { Generation: 2, Ready: true, DeployRev: "d2" }, 60);
        await UntilAloneAsync(spec, after.ContainerId!);
    }

    private static InstanceSpec Web(string stem) =>
        Some.Spec(Fresh(stem), image: TinyImages.Httpd) with { ReplaceOrder = InstanceSpec.StartFirst, WaitForPort = 80 };

    private static InstanceSpec Next(InstanceSpec spec) => spec with { ServiceRevision = 2, DeployRev = "d2" };

    private async Task WatchAsync(InstanceSpec spec, ConcurrentQueue<EngineEvent> events, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var happened in Engine.EventsAsync(TimeProvider.System.GetUtcNow(), cancellationToken))
            {
                if (happened.Labels.GetValueOrDefault(ManagedLabels.InstanceId) == IdOf(spec))
                    events.Enqueue(happened);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
    }

    /// <summary>The only container that is left, at its name.</summary>
    private async Task<ContainerSummary> UntilAloneAsync(InstanceSpec spec, string containerId) =>
        (await UntilAsync(spec, all => all.Count == 1 && all[0].Id == containerId && all[0].State == "running" && all[0].Name.TrimStart('/') == spec.Name, "one is left"))[0];

    private async Task<IReadOnlyList<ContainerSummary>> UntilAsync(InstanceSpec spec, Func<IReadOnlyList<ContainerSummary>, bool> holds, string what)
    {
        IReadOnlyList<ContainerSummary> all = [];
        for (var look = 0; look < 600; look++)
        {
            try
            {
                all = await Engine.ListContainersAsync([$"{ManagedLabels.InstanceId}={IdOf(spec)}"], TestContext.Current.CancellationToken);
                if (holds(all))
                    return all;
            }
            catch (EngineUnavailableException)
            {
                // It is being started again.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        throw new TimeoutException($"within 30 s: {what}; there are {string.Join(", ", all.Select(one => $"{one.Name} {one.State}"))}");
    }
}

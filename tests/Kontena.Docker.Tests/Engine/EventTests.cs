using Kontena.Testing.Docker;

namespace Kontena.Docker.Tests.Engine;

public class EventTests(DockerEngine docker) : EngineTest(docker)
{
    [Fact]
    public async Task The_life_of_a_container_is_told_also_afterwards_and_without_its_execs()
    {
        var since = TimeProvider.System.GetUtcNow();
        var name = NewName();
        var id = await RunAsync(Tiny() with { Labels = new Dictionary<string, string> { ["who"] = "me" } }, name);
        await ExecAsync(id, "true");
        await Engine.StopContainerAsync(id, TimeSpan.FromSeconds(1), Cancel);
        await Engine.RemoveContainerAsync(id, force: false, anonymousVolumes: true, Cancel);

        var events = await UntilAsync(since, id, "destroy");

        Assert.Equal(["create", "start", "kill", "die", "stop", "destroy"], events.Select(e => e.Action).Distinct());
        Assert.All(events, e => Assert.Equal((name, "me"), (e.ContainerName, e.Labels["who"])));
        Assert.Equal(137, events.Single(e => e.Action == "die").ExitCode);
        Assert.True(events.Zip(events.Skip(1)).All(pair => pair.First.At <= pair.Second.At));

        var again = await UntilAsync(events.Single(e => e.Action == "die").At, id, "destroy");
        Assert.DoesNotContain(again, e => e.Action == "start");
        Assert.Contains(again, e => e.Action == "die");
    }

    [Fact]
    public async Task Events_come_as_they_happen()
    {
        var id = await CreateAsync(Tiny());
        var started = EventAsync(id, "start");

        await Engine.StartContainerAsync(id, Cancel);

        Assert.Equal(id, (await started).ContainerId);
    }

    [Fact]
    public async Task Counters_of_a_running_container_grow_and_a_stopped_one_has_none()
    {
        var id = await RunAsync(Tiny("sh", "-c", "while true; do :; done") with { Memory = 64L << 20 });
        var first = await Engine.StatsOnceAsync(id, Cancel);
        await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, Cancel);
        var second = await Engine.StatsOnceAsync(id, Cancel);

        Assert.NotNull(first);
        Assert.NotNull(second);
        Assert.True(second.CpuTotal > first.CpuTotal, $"{first.CpuTotal} then {second.CpuTotal}");
        Assert.True(second.At > first.At);
        Assert.InRange(second.MemoryUsage, 1, 64L << 20);
        Assert.Equal(64L << 20, second.MemoryLimit);

        await Engine.StopContainerAsync(id, TimeSpan.Zero, Cancel);
        Assert.Null(await Engine.StatsOnceAsync(id, Cancel));
        Assert.Null(await Engine.StatsOnceAsync("no-such-container", Cancel));
    }

    private async Task<List<EngineEvent>> UntilAsync(DateTimeOffset since, string container, string action)
    {
        var events = new List<EngineEvent>();
        await foreach (var e in Engine.EventsAsync(since, Cancel))
        {
            if (e.ContainerId != container) continue;
            events.Add(e);
            if (e.Action == action) break;
        }

        return events;
    }
}

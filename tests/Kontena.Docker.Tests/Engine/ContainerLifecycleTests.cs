using Kontena.Testing.Docker;

namespace Kontena.Docker.Tests.Engine;

public class ContainerLifecycleTests(DockerEngine docker) : EngineTest(docker)
{
    [Fact]
    public async Task The_engine_says_what_it_is()
    {
        var info = await Engine.InfoAsync(Cancel);

        Assert.NotEmpty(info.Id);
        Assert.NotEmpty(info.ServerVersion);
        Assert.True(info.Cpus > 0);
        Assert.True(info.MemoryTotal > 0);
        Assert.Contains("bridge", info.NetworkDrivers);
    }

    [Fact]
    public async Task A_container_is_made_started_stopped_and_removed()
    {
        var name = NewName();
        var id = await CreateAsync(Tiny() with { Env = ["A=b"], Hostname = "web", Labels = new Dictionary<string, string> { [Label] = name } }, name);

        var listed = Assert.Single(await Engine.ListContainersAsync([$"{Label}={name}"], Cancel));
        Assert.Equal((id, name, "created"), (listed.Id, listed.Name, listed.State));
        Assert.Equal(TinyImages.Tiny1, listed.Image);

        await Engine.StartContainerAsync(name, Cancel);
        await Engine.StartContainerAsync(name, Cancel);
        var running = await Engine.InspectContainerAsync(name, Cancel);
        Assert.NotNull(running);
        Assert.True(running.Running);
        Assert.Equal("running", running.State);
        Assert.True(running.Pid > 0);
        Assert.NotNull(running.StartedAt);
        Assert.Null(running.FinishedAt);
        Assert.Equal(name, running.Name);

        await Engine.StopContainerAsync(name, TimeSpan.FromSeconds(5), Cancel);
        await Engine.StopContainerAsync(name, TimeSpan.FromSeconds(5), Cancel);
        var stopped = await Engine.InspectContainerAsync(name, Cancel);
        Assert.False(stopped!.Running);
        Assert.Equal(137, stopped.ExitCode);
        Assert.NotNull(stopped.FinishedAt);

        await Engine.RemoveContainerAsync(name, force: false, anonymousVolumes: true, Cancel);
        await Engine.RemoveContainerAsync(name, force: false, anonymousVolumes: true, Cancel);
        Assert.Null(await Engine.InspectContainerAsync(name, Cancel));
        await Engine.StopContainerAsync(name, TimeSpan.Zero, Cancel);
    }
}

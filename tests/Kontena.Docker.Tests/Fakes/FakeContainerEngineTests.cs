using Kontena.Testing.Docker;

namespace Kontena.Docker.Tests.Fakes;

/// <summary>The fake must behave as the real engine does where callers can tell; <c>Engine/</c> shows the real one.</summary>
public class FakeContainerEngineTests
{
    private readonly FakeContainerEngine _engine = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_container_lives_and_ends_with_its_events()
    {
        _engine.AddImage("web:1");
        var created = await _engine.CreateContainerAsync("web-1", new ContainerConfig { Image = "web:1" }, Cancel);
        await _engine.StartContainerAsync("web-1", Cancel);
        await _engine.StartContainerAsync("web-1", Cancel);
        _engine.Die("web-1", exitCode: 3);
        await _engine.RemoveContainerAsync("web-1", force: false, anonymousVolumes: true, Cancel);

        var actions = new List<string>();
        await foreach (var e in _engine.EventsAsync(DateTimeOffset.MinValue, Cancel))
        {
            actions.Add(e.Action);
            if (e.Action == "die") Assert.Equal(3, e.ExitCode);
            Assert.Equal(created.Id, e.ContainerId);
            if (e.Action == "destroy") break;
        }

        Assert.Equal(["create", "start", "die", "destroy"], actions);
        Assert.Null(await _engine.InspectContainerAsync("web-1", Cancel));
    }

    [Fact]
    public async Task The_nth_call_fails_and_changes_nothing()
    {
        _engine.AddImage("web:1");
        _engine.Calls.Fail("CreateContainer", nth: 2);

        await _engine.CreateContainerAsync("a", new ContainerConfig { Image = "web:1" }, Cancel);
        await Assert.ThrowsAsync<EngineException>(() => _engine.CreateContainerAsync("b", new ContainerConfig { Image = "web:1" }, Cancel));
        await _engine.CreateContainerAsync("b", new ContainerConfig { Image = "web:1" }, Cancel);

        Assert.Equal(["CreateContainer a", "CreateContainer b", "CreateContainer b"], _engine.Calls.Recorded.Select(c => c.ToString()));
        Assert.Equal(2, _engine.Containers.Count);
    }

    [Fact]
    public async Task Names_ports_and_missing_images_are_refused_as_the_engine_refuses_them()
    {
        var config = new ContainerConfig
        {
            Image = "web:1", Ports = new Dictionary<string, IReadOnlyList<PortPublication>> { ["80/tcp"] = [new PortPublication("0.0.0.0", 8080)] },
        };
        Assert.Equal(404, (await Assert.ThrowsAsync<EngineException>(() => _engine.CreateContainerAsync("a", config, Cancel))).Status);

        await _engine.PullImageAsync("web:1", null, null, Cancel);
        await _engine.CreateContainerAsync("a", config, Cancel);
        Assert.Equal(409, (await Assert.ThrowsAsync<EngineException>(() => _engine.CreateContainerAsync("a", config, Cancel))).Status);

        await _engine.CreateContainerAsync("b", config, Cancel);
        await _engine.StartContainerAsync("a", Cancel);
        var refusal = await Assert.ThrowsAsync<EngineException>(() => _engine.StartContainerAsync("b", Cancel));
        Assert.Contains("port is already allocated", refusal.Message);
    }

    [Fact]
    public async Task A_held_call_waits_for_its_gate()
    {
        var gate = _engine.Calls.Hold("PullImage");
        var pull = _engine.PullImageAsync("web:1", null, null, Cancel);
        await gate.Entered.WaitAsync(Cancel);

        Assert.False(pull.IsCompleted);
        Assert.Empty(_engine.Images);
        gate.Open();
        await pull;
        Assert.Equal(["web:1"], _engine.Images);
    }

    [Fact]
    public async Task An_unreachable_engine_says_so_for_every_call()
    {
        _engine.Calls.Unreachable = true;

        await Assert.ThrowsAsync<EngineUnavailableException>(() => _engine.InfoAsync(Cancel));
        await Assert.ThrowsAsync<EngineUnavailableException>(async () =>
        {
            await foreach (var _ in _engine.EventsAsync(DateTimeOffset.MinValue, Cancel)) { }
        });
    }

    [Fact]
    public async Task Logs_are_followed_until_the_container_ends()
    {
        _engine.AddImage("web:1");
        await _engine.CreateContainerAsync("web", new ContainerConfig { Image = "web:1" }, Cancel);
        await _engine.StartContainerAsync("web", Cancel);
        _engine.Write("web", "one");

        var lines = new List<string>();
        await foreach (var line in _engine.LogsAsync("web", since: null, tail: null, follow: true, Cancel))
        {
            lines.Add(line.Text);
            if (line.Text == "one") _engine.Write("web", "two", "stderr");
            if (line.Text == "two") _engine.Die("web", 0);
        }

        Assert.Equal(["one", "two"], lines);
    }

    [Fact]
    public async Task A_cat_in_a_container_echoes_until_its_input_ends()
    {
        _engine.AddImage("web:1");
        await _engine.CreateContainerAsync("web", new ContainerConfig { Image = "web:1" }, Cancel);
        await _engine.StartContainerAsync("web", Cancel);

        await using var exec = await _engine.ExecAsync("web", new ExecConfig { Cmd = ["cat"], AttachStdin = true }, Cancel);
        await exec.WriteAsync("hello"u8.ToArray(), Cancel);
        await exec.CloseInputAsync(Cancel);
        var output = new List<byte>();
        await foreach (var chunk in exec.OutputAsync(Cancel)) output.AddRange(chunk.Bytes.Span);

        Assert.Equal("hello"u8.ToArray(), output);
        Assert.Equal(0, await exec.ExitCodeAsync(Cancel));
    }

    [Fact]
    public async Task Anonymous_volumes_go_with_their_container_and_named_ones_stay()
    {
        _engine.AddImage("db:1", volumes: ["/data"]);
        await _engine.CreateContainerAsync("db", new ContainerConfig { Image = "db:1", Binds = ["keep:/keep"] }, Cancel);
        Assert.Equal(2, _engine.Volumes.Count);

        await _engine.RemoveContainerAsync("db", force: true, anonymousVolumes: true, Cancel);

        Assert.Equal("keep", Assert.Single(_engine.Volumes).Name);
    }
}

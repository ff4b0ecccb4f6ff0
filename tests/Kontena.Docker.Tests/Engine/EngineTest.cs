using Kontena.Docker.Tests.Engine;
using Kontena.Testing.Docker;

[assembly: AssemblyFixture(typeof(DockerEngine))]

namespace Kontena.Docker.Tests.Engine;

/// <summary>What the tests on a real engine share: its client, names of their own, and cleaning up behind them.</summary>
public abstract class EngineTest(DockerEngine docker) : IAsyncDisposable
{
    protected const string Label = "io.kontena.test";

    private static int _names;
    private readonly List<string> _containers = [];

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected DockerEngineClient Engine => docker.Require();

    protected static string NewName() => $"docker-tests-{Environment.ProcessId}-{Interlocked.Increment(ref _names)}";

    protected static ContainerConfig Tiny(params string[] cmd) => new()
    {
        Image = TinyImages.Tiny1,
        Cmd = cmd.Length > 0 ? cmd : null,
        Labels = new Dictionary<string, string> { [Label] = "1" },
    };

    protected async Task<string> CreateAsync(ContainerConfig config, string? name = null)
    {
        var created = await Engine.CreateContainerAsync(name ?? NewName(), config, Cancel);
        _containers.Add(created.Id);
        return created.Id;
    }

    protected async Task<string> RunAsync(ContainerConfig config, string? name = null)
    {
        var id = await CreateAsync(config, name);
        await Engine.StartContainerAsync(id, Cancel);
        return id;
    }

    /// <summary>Runs to its end and returns what it wrote.</summary>
    protected async Task<string> OutputAsync(ContainerConfig config)
    {
        var id = await RunAsync(config);
        var lines = new List<string>();
        await foreach (var line in Engine.LogsAsync(id, since: null, tail: null, follow: true, Cancel)) lines.Add(line.Text);
        return string.Join('\n', lines);
    }

    protected async Task<(string Output, int ExitCode)> ExecAsync(string container, params string[] cmd)
    {
        await using var exec = await Engine.ExecAsync(container, new ExecConfig { Cmd = cmd }, Cancel);
        using var output = new MemoryStream();
        await foreach (var chunk in exec.OutputAsync(Cancel)) output.Write(chunk.Bytes.Span);
        return (System.Text.Encoding.UTF8.GetString(output.ToArray()), await exec.ExitCodeAsync(Cancel));
    }

    protected async Task<EngineEvent> EventAsync(string container, string action)
    {
        await foreach (var e in Engine.EventsAsync(DateTimeOffset.UnixEpoch, Cancel))
            if (e.ContainerId == container && e.Action == action) return e;
        throw new InvalidOperationException("the events ended");
    }

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var id in _containers.ToList()) await Engine.RemoveContainerAsync(id, force: true, anonymousVolumes: true, CancellationToken.None);
        GC.SuppressFinalize(this);
    }
}

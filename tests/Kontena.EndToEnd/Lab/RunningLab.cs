using Kontena.Docker;
using Kontena.EndToEnd.Platform;
using Xunit;

namespace Kontena.EndToEnd.Lab;

/// <summary>Three hosts of <c>infra/lab</c>, each with an engine and an agent of its own.</summary>
public sealed class RunningLab : IAsyncLifetime
{
    public const int Hosts = 3;
    private readonly string _home = Directory.CreateTempSubdirectory("kontena-lab-").FullName;
    private readonly Dictionary<string, string> _environment = [];

    /// <summary>Why the tests can't run here; null when they can.</summary>
    public string? Skip { get; private set; }

    public async ValueTask InitializeAsync()
    {
        if (Environment.GetEnvironmentVariable("KONTENA_TEST_DOCKER") is not { } socket)
        {
            Skip = "no root, no lab: run infra/test as root";
            return;
        }

        if (!(File.Exists("/usr/bin/redis-server") && File.Exists("/usr/lib/rabbitmq/bin/rabbitmq-server")))
        {
            Skip = "redis-server or rabbitmq-server is not installed";
            return;
        }

        _environment["HOME"] = _home;
        _environment["NO_COLOR"] = "1";
        _environment["KONTENA_LAB"] = Folder = Path.Combine(Path.GetDirectoryName(new Uri(socket).AbsolutePath)!, "lab");
        await MustLabAsync("up", $"{Hosts}");
    }

    public async ValueTask DisposeAsync()
    {
        if (Skip is null)
            await MustLabAsync("down");
        Directory.Delete(_home, recursive: true);
    }

    private string Folder { get; set; } = "";

    /// <summary>A verb of <c>infra/lab</c>; it must succeed.</summary>
    internal async Task<string> MustLabAsync(params string[] arguments)
    {
        var output = await LabAsync(arguments);
        Assert.True(output.ExitCode == 0, output.ToString());
        return output.Stdout;
    }

    /// <summary>A verb of <c>infra/lab</c>, whatever comes of it.</summary>
    internal Task<CommandOutput> LabAsync(params string[] arguments) =>
        Command.RunAsync(Repository.At("infra", "lab"), arguments, _environment, TimeSpan.FromMinutes(3));

    /// <summary>The client, logged in to the lab; it must succeed.</summary>
    internal Task<string> MustAsync(params string[] arguments) => MustLabAsync(["kontena", .. arguments]);

    internal string Write(string name, string text)
    {
        var path = Path.Combine(_home, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>What runs of a stack: the host's number and the container's name, by name. A host without an engine has nothing.</summary>
    internal async Task<IReadOnlyList<(int Host, string Name)>> RunningAsync(string stack)
    {
        var found = new List<(int Host, string Name)>();
        for (var host = 1; host <= Hosts; host++)
        {
            try
            {
                using var engine = new DockerEngineClient(EngineAddress.Parse($"unix://{Folder}/h{host}/docker.sock"), TimeProvider.System);
                var containers = await engine.ListContainersAsync([$"io.kontena.stack.name={stack}"], CancellationToken.None);
                found.AddRange(containers.Where(one => one.State == "running").Select(one => (host, one.Name)));
            }
            catch (EngineUnavailableException)
            {
                // Its power is off.
            }
        }

        return [.. found.OrderBy(one => one.Name, StringComparer.Ordinal).ThenBy(one => one.Host)];
    }

    /// <summary>What the agent of a host answers to a name, in order.</summary>
    internal async Task<IReadOnlyList<string>> ResolveAsync(int host, string name)
    {
        using var engine = new DockerEngineClient(EngineAddress.Parse($"unix://{Folder}/h{host}/docker.sock"), TimeProvider.System);
        if ((await engine.InspectNetworkAsync("kontena-default", CancellationToken.None))?.Gateway is not { } gateway)
            return [];
        var said = (await Command.RunAsync(
            Repository.At("infra", "lab"), ["exec", $"{host}", "busybox", "nslookup", "-type=a", name, gateway], _environment, TimeSpan.FromMinutes(1))).Stdout;
        return [.. said.Split('\n').Where(line => line.StartsWith("Address", StringComparison.Ordinal)).Skip(1).Select(line => line.Split(' ', '\t')[^1].Trim()).Order(StringComparer.Ordinal)];
    }

    internal async Task<string> NodeStatusAsync(int host) =>
        (await MustAsync("node", "ls")).Split('\n').Single(line => line.Contains($" h{host} ", StringComparison.Ordinal));
}

using System.Globalization;
using System.Text;
using Kontena.Docker;
using Kontena.EndToEnd.Platform;
using Xunit;

namespace Kontena.EndToEnd.Lab;

/// <summary>One lab for all that need one: a test leaves the grid as it found it.</summary>
[CollectionDefinition(nameof(RunningLab))]
public sealed class LabTests : ICollectionFixture<RunningLab>;

/// <summary>Three hosts of <c>infra/lab</c>, or as many as <c>KONTENA_TEST_LAB_HOSTS</c> says, each with an engine and an agent of its own.</summary>
public sealed class RunningLab : IAsyncLifetime
{
    public static readonly int Hosts = int.Parse(Environment.GetEnvironmentVariable("KONTENA_TEST_LAB_HOSTS") ?? "3", CultureInfo.InvariantCulture);
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
        Command.RunAsync(Repository.At("infra", "lab"), arguments, _environment, TimeSpan.FromMinutes(6));

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
                using var engine = EngineOf(host);
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

    /// <summary>What runs of a stack and has an address, by name; <c>null</c> is that of services without one.</summary>
    internal async Task<IReadOnlyList<LabContainer>> ContainersAsync(string stack, string grid = "default")
    {
        var found = await Task.WhenAll(Enumerable.Range(1, Hosts).Select(host => ContainersAsync(host, stack, grid)));
        return [.. found.SelectMany(one => one).OrderBy(one => one.Name, StringComparer.Ordinal)];
    }

    private async Task<IReadOnlyList<LabContainer>> ContainersAsync(int host, string stack, string grid)
    {
        var found = new List<LabContainer>();
        try
        {
            using var engine = EngineOf(host);
            foreach (var one in await engine.ListContainersAsync([$"io.kontena.stack.name={stack}"], CancellationToken.None))
            {
                // One that just moved is gone from here by now.
                if (one.State == "running" && (await engine.InspectContainerAsync(one.Id, CancellationToken.None))?.Addresses.GetValueOrDefault($"kontena-{grid}") is { Length: > 0 } address)
                    found.Add(new LabContainer(host, one.Name, address, stack, one.Labels["io.kontena.service.name"], int.Parse(one.Labels["io.kontena.service.instance_number"], CultureInfo.InvariantCulture)));
            }
        }
        catch (EngineUnavailableException)
        {
            // Its power is off.
        }

        return found;
    }

    /// <summary>What a shell in a container writes; what went wrong with the container or its engine is written too.</summary>
    internal async Task<string> ShellAsync(LabContainer container, string script)
    {
        var said = new StringBuilder();
        try
        {
            using var engine = EngineOf(container.Host);
            await using var shell = await engine.ExecAsync(container.Name, new ExecConfig { Cmd = ["/bin/sh", "-c", script] }, CancellationToken.None);
            await foreach (var chunk in shell.OutputAsync(CancellationToken.None))
                said.Append(Encoding.UTF8.GetString(chunk.Bytes.Span));
        }
        catch (Exception error) when (error is EngineException or EngineUnavailableException or IOException)
        {
            said.AppendLine(error.Message);
        }

        return said.ToString();
    }

    /// <summary>Makes a host a machine that has never been a node: its agent is away, its record, what the agent kept and the network are gone.</summary>
    internal async Task LeaveAsync(int host, string grid = "default")
    {
        await MustLabAsync("kill", $"{host}", "agent");
        await Until.TrueAsync($"h{host} is off", async () => (await NodeStatusAsync(host, grid)).Contains("offline", StringComparison.Ordinal), seconds: 30);
        await MustAsync("node", "rm", "--force", "--grid", grid, $"h{host}");
        Directory.Delete(DiskOf(host, "kontena"), recursive: true);
        await LabAsync("docker", $"{host}", "network", "rm", $"kontena-{grid}");
    }

    /// <summary>Makes it the node again that it was before <see cref="LeaveAsync"/>, whatever it was meanwhile and is no more.</summary>
    internal async Task ReturnAsync(int host)
    {
        await MustLabAsync("start", $"{host}");
        await Until.TrueAsync($"h{host} is online", async () => (await NodeStatusAsync(host)).Contains("online", StringComparison.Ordinal), seconds: 60);
    }

    /// <summary>A file on the disk of a host.</summary>
    internal string DiskOf(int host, string file) => Path.Combine(Folder, $"h{host}", "disk", file);

    private DockerEngineClient EngineOf(int host) => new(EngineAddress.Parse($"unix://{Folder}/h{host}/docker.sock"), TimeProvider.System);

    /// <summary>What the agent of a host answers to a name, in order.</summary>
    internal async Task<IReadOnlyList<string>> ResolveAsync(int host, string name)
    {
        using var engine = EngineOf(host);
        if ((await engine.InspectNetworkAsync("kontena-default", CancellationToken.None))?.Gateway is not { } gateway)
            return [];
        var said = (await Command.RunAsync(
            Repository.At("infra", "lab"), ["exec", $"{host}", "busybox", "nslookup", "-type=a", name, gateway], _environment, TimeSpan.FromMinutes(1))).Stdout;
        return [.. said.Split('\n').Where(line => line.StartsWith("Address", StringComparison.Ordinal)).Skip(1).Select(line => line.Split(' ', '\t')[^1].Trim()).Order(StringComparer.Ordinal)];
    }

    /// <summary>Its line in the list of nodes; empty when it has none.</summary>
    internal async Task<string> NodeStatusAsync(int host, string grid = "default") =>
        (await MustAsync("node", "ls", "--grid", grid)).Split('\n').SingleOrDefault(line => line.Contains($" h{host} ", StringComparison.Ordinal)) ?? "";
}

/// <param name="Host">Its number.</param>
/// <param name="Name">Of the container.</param>
/// <param name="Stack"><c>null</c> of a service without one.</param>
internal sealed record LabContainer(int Host, string Name, string Address, string Stack, string Service, int Number);

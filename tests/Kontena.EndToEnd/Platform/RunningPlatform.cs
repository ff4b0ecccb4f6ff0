using Kontena.Docker;
using Xunit;

// One engine, one lab: what one test does to them is not seen by another at the same time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Kontena.EndToEnd.Platform;

/// <summary>A platform that <c>infra/up</c> started for the tests of one form, with its own home, ports and login.</summary>
public abstract class RunningPlatform(string form, int port, params string[] upOptions) : IAsyncLifetime
{
    private readonly string _home = Directory.CreateTempSubdirectory("kontena-e2e-").FullName;
    private Dictionary<string, string> _environment = [];

    public string Form { get; } = form;

    /// <summary>Why the tests of this form can't run here; null when they can.</summary>
    public string? Skip { get; private set; }

    /// <summary>All that <c>infra/up</c> printed.</summary>
    public string UpOutput { get; private set; } = "";

    /// <summary>The URL of the last line.</summary>
    public Uri Url { get; private set; } = new("http://127.0.0.1/");

    public int HelloPort => port + 50;

    /// <summary>Where the API listens.</summary>
    public Uri Api { get; } = new($"http://127.0.0.1:{port}/");

    internal IContainerEngine Engine { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var socket = Environment.GetEnvironmentVariable("KONTENA_TEST_DOCKER");
        if (socket is null)
        {
            Skip = "no engine of its own: run infra/test as root";
            return;
        }

        if (Form == "distributed" && !(File.Exists("/usr/bin/redis-server") && File.Exists("/usr/lib/rabbitmq/bin/rabbitmq-server")))
        {
            Skip = "redis-server or rabbitmq-server is not installed";
            return;
        }

        Engine = new DockerEngineClient(EngineAddress.Parse(socket), TimeProvider.System);
        _environment = new Dictionary<string, string>
        {
            ["KONTENA_HOME"] = Path.Combine(_home, "platform"),
            ["HOME"] = _home,
            ["DOCKER_HOST"] = socket,
            ["KONTENA_PORT"] = $"{port}",
            ["HELLO_PORT"] = $"{HelloPort}",
            ["NO_COLOR"] = "1",
        };
        var up = await UpAsync();
        Assert.True(up.ExitCode == 0, up.ToString());
        UpOutput = up.Stdout;
        Url = new Uri(up.Stdout.TrimEnd().Split('\n')[^1]["ready: ".Length..]);
    }

    public async ValueTask DisposeAsync()
    {
        if (Skip is null)
            await ScriptAsync("down", "--purge");
        Directory.Delete(_home, recursive: true);
        GC.SuppressFinalize(this);
    }

    internal Task<CommandOutput> UpAsync() => ScriptAsync("up", upOptions);

    /// <summary>The command line client, logged in.</summary>
    internal Task<CommandOutput> KontenaAsync(params string[] arguments) =>
        Command.RunAsync(Repository.At("artifacts", "publish", "cli", "kontena"), arguments, _environment, TimeSpan.FromMinutes(3), _home);

    /// <summary>The same with one variable of the environment changed.</summary>
    internal Task<CommandOutput> KontenaAsync((string Name, string Value) variable, params string[] arguments) =>
        Command.RunAsync(
            Repository.At("artifacts", "publish", "cli", "kontena"), arguments,
            new Dictionary<string, string>(_environment) { [variable.Name] = variable.Value }, TimeSpan.FromMinutes(3), _home);

    /// <summary>The same, and it must succeed.</summary>
    internal async Task<string> MustAsync(params string[] arguments)
    {
        var output = await KontenaAsync(arguments);
        Assert.True(output.ExitCode == 0, output.ToString());
        return output.Stdout;
    }

    internal Task<CommandOutput> ScriptAsync(string name, params string[] arguments) =>
        Command.RunAsync(Repository.At("infra", name), arguments, _environment, TimeSpan.FromMinutes(5));

    /// <summary>A file in the tests' own folder; its path.</summary>
    internal string Write(string name, string text)
    {
        var path = Path.Combine(_home, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>The token that the first start made.</summary>
    internal string Token() => File.ReadAllText(Path.Combine(_home, "platform", "data", "admin.token")).Trim();

    /// <summary>The authority that broker, store and the api's secure address are signed by; only of the distributed form.</summary>
    internal string CaFile => Path.Combine(_home, "platform", "tls", "ca.pem");

    /// <summary>The process of that name, by the pid <c>infra/up</c> noted.</summary>
    internal int Pid(string name) =>
        int.Parse(File.ReadAllText(Path.Combine(_home, "platform", "run", name + ".pid")).Split(' ')[0]);

    /// <summary>What the process of that name has logged.</summary>
    internal Task<string> LogAsync(string name) => File.ReadAllTextAsync(Path.Combine(_home, "platform", "log", name + ".log"));

    internal Task<IReadOnlyList<ContainerSummary>> ContainersAsync(string stack) =>
        Engine.ListContainersAsync([$"io.kontena.stack.name={stack}"], CancellationToken.None);
}

public sealed class EmbeddedPlatform() : RunningPlatform("embedded", 19292);

public sealed class DistributedPlatform() : RunningPlatform("distributed", 19392, "--distributed");

/// <summary>One platform of each form for all that need it: a test leaves it as it found it.</summary>
[CollectionDefinition(nameof(EmbeddedPlatform))]
public sealed class EmbeddedPlatformTests : ICollectionFixture<EmbeddedPlatform>;

/// <inheritdoc cref="EmbeddedPlatformTests"/>
[CollectionDefinition(nameof(DistributedPlatform))]
public sealed class DistributedPlatformTests : ICollectionFixture<DistributedPlatform>;

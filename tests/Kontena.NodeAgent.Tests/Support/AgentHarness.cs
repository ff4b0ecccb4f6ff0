using Kontena.Contracts.Instances;
using Kontena.Contracts.Nodes;
using Kontena.Docker;
using Kontena.Hosting.Bus;
using Kontena.NodeAgent.Engine;
using Kontena.NodeAgent.Exec;
using Kontena.NodeAgent.Health;
using Kontena.NodeAgent.Housekeeping;
using Kontena.NodeAgent.Instances;
using Kontena.NodeAgent.Leases;
using Kontena.NodeAgent.Logs;
using Kontena.NodeAgent.Names;
using Kontena.NodeAgent.Networking;
using Kontena.NodeAgent.Networking.Overlay;
using Kontena.NodeAgent.Orders;
using Kontena.NodeAgent.Registration;
using Kontena.NodeAgent.Reports;
using Kontena.NodeAgent.Secrets;
using Kontena.NodeAgent.Volumes;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kontena.NodeAgent.Tests.Support;

/// <summary>The working parts of an agent over any engine, with a bus that remembers. Orders go straight into the order book.</summary>
internal sealed class AgentHarness : IAsyncDisposable
{
    private readonly List<IHostedService> _running = [];
    private readonly List<IDisposable> _owned = [];

    private AgentHarness(IContainerEngine engine, string directory, string subnet)
    {
        Directory = directory;
        Options = new NodeAgentOptions { DataDirectory = directory, Token = "token", HealthFailures = 2, AnswersNames = engine is DockerEngineClient, SecretsDirectory = SecretsIn(directory) };
        var time = TimeProvider.System;
        Identity = new AgentIdentity(Options, engine, time, Log<AgentIdentity>());
        Membership = new NodeMembership(Options, Log<NodeMembership>());
        Orders = new OrderBook(Options, time, Log<OrderBook>());
        Gates = new StartGates(Options);
        Network = new GridNetwork(engine, Membership, new NetworkMapBook(Options, Membership, Log<NetworkMapBook>()), time, Log<GridNetwork>());
        Lines = new LogBuffer();
        Ledger = new ImageLedger(Options, Log<ImageLedger>());
        var images = new ImageStore(engine, new MachineLogins(null), new LoginDesk(Membership, Identity).Logins, Gates, time, Log<ImageStore>());
        Volumes = new VolumeBoard(Membership, Identity);
        Leases = new LeaseBook(Options, Orders, time, Log<LeaseBook>());
        Board = new ReportBoard(time);
        Names = new NamesBoard(Identity, Orders, Board);
        var forwarder = new NameForwarder(new ResolverFile(ResolverFile.Usual), time, Log<NameForwarder>());
        NameServer = new NameServer(Names, forwarder, engine, Membership, new KeptSockets(null, [], Log<KeptSockets>()), Options, time, Log<NameServer>());
        SecretKey = new SecretKey(Options);
        var tools = new InstanceTools(
            engine, time, Options, Membership, Orders, images, Ledger, Network, Gates, Lines, Volumes, Leases, Names, NameServer, SecretKey, new SecretFiles(Options), Log<InstanceTools>());
        Supervisor = new InstanceSupervisor(tools, Board, Identity, Log<InstanceSupervisor>());
        var cursors = new LogCursors(Options, Log<LogCursors>());
        Exec = new ExecSessions(engine, Supervisor, Bus, time, Log<ExecSessions>());
        _owned.AddRange([Orders, Leases, Gates, Network, NameServer]);
        _running.AddRange(
        [
            Supervisor,
            NameServer,
            new NamesFeed(Names, Identity, Membership, Supervisor, new NoQueues(), Options, time, Log<NamesFeed>()),
            new EngineEventWatcher(engine, Supervisor, time, Log<EngineEventWatcher>()),
            new ReportSender(Board, Bus, time, Log<ReportSender>()),
            new VolumeReporter(Volumes, engine, Membership, Bus, time, Log<VolumeReporter>()),
            new HealthMonitor(Supervisor, Orders, tools, new NodeFactsReader(engine, Options, new DiskWatch(Options, Log<DiskWatch>()), SecretKey), Log<HealthMonitor>()),
            new LogShipper(engine, Supervisor, Lines, cursors, time, Log<LogShipper>()),
            new LogSender(Lines, cursors, Membership, Bus, time, Log<LogSender>()),
            Exec,
        ]);
        Subnet = subnet;
    }

    public string Directory { get; }
    public string Subnet { get; }
    public NodeAgentOptions Options { get; }
    public RecordingBus Bus { get; } = new();
    public AgentIdentity Identity { get; }
    public NodeMembership Membership { get; }
    public OrderBook Orders { get; }
    public StartGates Gates { get; }
    public SecretKey SecretKey { get; }
    public GridNetwork Network { get; }
    public ImageLedger Ledger { get; }
    public ReportBoard Board { get; }
    public NamesBoard Names { get; }
    public NameServer NameServer { get; }
    public LogBuffer Lines { get; }
    public VolumeBoard Volumes { get; }
    public LeaseBook Leases { get; }
    public InstanceSupervisor Supervisor { get; }
    public ExecSessions Exec { get; }

    /// <param name="directory">That of an earlier harness makes this the same agent, restarted.</param>
    public static async Task<AgentHarness> StartAsync(IContainerEngine engine, string? directory = null, string subnet = "10.81.1.0/24", string grid = "test")
    {
        var harness = new AgentHarness(engine, directory ?? NewDirectory(), subnet);
        await harness.Identity.SettleAsync(CancellationToken.None);
        await harness.Membership.AcceptAsync(
            new NodeJoined { Grid = grid, Node = "node-1", Number = 1, GridSubnet = "10.81.0.0/16", NodeSubnet = subnet }, CancellationToken.None);
        harness.Orders.Open();
        foreach (var service in harness._running)
            await service.StartAsync(CancellationToken.None);
        return harness;
    }

    public Task<bool> ApplyAsync(InstanceSpec spec, long generation = 1, DesiredState desired = DesiredState.Running, string? id = null) =>
        Orders.TakeAsync(Some.Apply(spec, generation, desired, id), CancellationToken.None);

    public Task<bool> RemoveAsync(InstanceSpec spec, long generation, bool data = false, string? id = null) =>
        Orders.TakeAsync(
            new RemoveInstance { InstanceId = id ?? Some.Id(spec.Number), Generation = generation, Name = spec.Name, RemoveData = data }, CancellationToken.None);

    public Task<InstanceObserved> ObserveAsync(Func<InstanceObserved, bool> fits, int seconds = 30) => Bus.WaitForAsync(fits, seconds);

    public Task<InstanceObserved> ReadyAsync(long generation, int instance = 1) =>
        ObserveAsync(seen => seen.Ready && seen.Generation == generation && seen.InstanceId == Some.Id(instance));

    /// <summary>Stops the agent; its files stay, and so do the containers.</summary>
    public async Task StopAsync()
    {
        foreach (var service in Enumerable.Reverse(_running))
            await service.StopAsync(CancellationToken.None);
        _running.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        foreach (var owned in _owned)
            owned.Dispose();
    }

    /// <summary>In memory, and the same for the same agent, restarted.</summary>
    private static string SecretsIn(string directory) => Path.Combine("/dev/shm", Path.GetFileName(directory));

    /// <summary>Deleted when the tests end, and not before: a later harness may be the same agent, restarted.</summary>
    private static string NewDirectory()
    {
        var directory = System.IO.Directory.CreateTempSubdirectory("kontena-agent-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => System.IO.Directory.Delete(directory, recursive: true);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => RemoveSecrets(SecretsIn(directory));
        return directory;
    }

    private static void RemoveSecrets(string directory)
    {
        if (System.IO.Directory.Exists(directory))
            System.IO.Directory.Delete(directory, recursive: true);
    }

    private static ILogger<T> Log<T>() => Environment.GetEnvironmentVariable("KONTENA_TEST_LOG") == "1" ? new ConsoleLog<T>() : NullLogger<T>.Instance;

    /// <summary>News is handed to <see cref="Names"/> by the tests.</summary>
    private sealed class NoQueues : IEndpointOpener
    {
        public Task OpenControlAsync(BusEndpoint endpoint, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task OpenDataAsync(BusEndpoint endpoint, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task CloseAsync(string queue, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class ConsoleLog<T> : ILogger<T>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Console.Error.WriteLine($"{TimeProvider.System.GetUtcNow():HH:mm:ss.fff} {typeof(T).Name}: {formatter(state, exception)} {exception}");
    }
}

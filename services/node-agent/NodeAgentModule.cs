using Kontena.Docker;
using Kontena.Hosting;
using Kontena.NodeAgent.Engine;
using Kontena.NodeAgent.Exec;
using Kontena.NodeAgent.Health;
using Kontena.NodeAgent.Heartbeats;
using Kontena.NodeAgent.Housekeeping;
using Kontena.NodeAgent.Instances;
using Kontena.NodeAgent.Leases;
using Kontena.NodeAgent.Logs;
using Kontena.NodeAgent.Memory;
using Kontena.NodeAgent.Names;
using Kontena.NodeAgent.Networking;
using Kontena.NodeAgent.Networking.Overlay;
using Kontena.NodeAgent.Orders;
using Kontena.NodeAgent.Questions;
using Kontena.NodeAgent.Registration;
using Kontena.NodeAgent.Registries;
using Kontena.NodeAgent.Reports;
using Kontena.NodeAgent.Secrets;
using Kontena.NodeAgent.Stats;
using Kontena.NodeAgent.Volumes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent;

/// <summary>Adds the agent of this machine to a process.</summary>
public static class NodeAgentModule
{
    /// <summary>The node's queues are opened when the engine's id is known; until then the process runs and says in <c>/readyz</c> what it waits for.</summary>
    public static void AddNodeAgent(this KontenaApplicationBuilder builder)
    {
        if (!builder.TryAddModule("node-agent"))
            return;
        var options = NodeAgentOptions.Read(builder.Configuration);
        var services = builder.Services;
        services.AddSingleton(options);
        services.TryAddSingleton<IContainerEngine>(provider =>
            new DockerEngineClient(options.Engine, provider.GetRequiredService<TimeProvider>()));

        services.AddSingleton<AgentIdentity>();
        services.AddSingleton<NodeMembership>();
        services.AddSingleton<SecretKey>();
        services.AddSingleton<SecretFiles>();
        services.AddSingleton<NodeFactsReader>();
        services.AddSingleton<OrderBook>();
        services.AddSingleton<OrderGate>();
        services.AddSingleton<StartGates>();
        services.AddSingleton(new MachineLogins(options.DockerConfig));
        services.AddSingleton<RegistryLogins>();
        services.AddSingleton<ImageStore>();
        services.AddSingleton<ImageLedger>();
        services.AddSingleton(provider => new DiskWatch(options, provider.GetRequiredService<ILogger<DiskWatch>>()));
        services.AddSingleton<GridNetwork>();
        services.AddSingleton<NetworkMapBook>();
        services.TryAddSingleton<IHostCommands, HostCommands>();
        services.AddSingleton<HostStateReader>();
        services.AddSingleton<FirewallKeeper>();
        services.AddSingleton<WireGuardKeys>();
        services.AddSingleton<OverlayExecutor>();
        services.AddSingleton<StackGuard>();
        services.AddSingleton<BridgeFilter>();
        services.AddSingleton<NetworkReporter>();
        services.AddSingleton(new ControlPlaneAddresses(builder.Configuration));
        services.AddSingleton<LogBuffer>();
        services.AddSingleton<LogCursors>();
        services.AddSingleton<VolumeBoard>();
        services.AddSingleton<LeaseBook>();
        services.AddSingleton<InstanceTools>();
        services.AddSingleton<ReportBoard>();
        services.AddSingleton<SyncReporter>();
        services.AddSingleton<ContainerQuestions>();
        services.AddSingleton<MemoryPeaks>();
        services.AddSingleton<NamesBoard>();
        services.AddSingleton(new ResolverFile(ResolverFile.Usual));
        services.AddSingleton<NameForwarder>();
        services.AddSingleton(provider => KeptSockets.OfThisProcess(provider.GetRequiredService<ILogger<KeptSockets>>()));

        // In the order of a start: what is here is looked at first, then the world is told.
        Run<InstanceSupervisor>(services);
        Run<EngineEventWatcher>(services);
        Run<JoinLoop>(services);
        Run<RemovalWatch>(services);
        Run<NamesFeed>(services);
        Run<NameServer>(services);
        Run<ReportSender>(services);
        Run<VolumeReporter>(services);
        Run<LeaseGuard>(services);
        Run<FactsReporter>(services);
        Run<HostNetworkNews>(services);
        Run<OverlayKeeper>(services);
        Run<PeerWatch>(services);
        Run<MeasureListener>(services);
        Run<NetworkMeasurer>(services);
        Run<HeartbeatSender>(services);
        Run<HealthMonitor>(services);
        Run<Housekeeper>(services);
        Run<LogShipper>(services);
        Run<LogSender>(services);
        Run<StatsReporter>(services);
        Run<ExecSessions>(services);
        Run<MemoryReturn>(services);

        services.AddHealthChecks().AddCheck<EngineCheck>("node-agent");
        builder.AddControlConsumers(NodeQueues.OrderConsumers);
        builder.AddControlConsumers(NodeQueues.NamesConsumers);
        builder.AddDataConsumers(NodeQueues.ExecConsumers);
    }

    /// <summary>For a process that is an agent alone: takes the login at the broker that this machine was given when it joined.</summary>
    /// <exception cref="SettingException">It has none, and no broker is set.</exception>
    public static void UseIdentity(IConfiguration settings) => BrokerIdentity.Apply(settings);

    private static void Run<TService>(IServiceCollection services)
        where TService : class, Microsoft.Extensions.Hosting.IHostedService
    {
        services.AddSingleton<TService>();
        services.AddHostedService(provider => provider.GetRequiredService<TService>());
    }
}

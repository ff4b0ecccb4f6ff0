using Kontena.Contracts.Messaging;
using Kontena.GridManager.Audit;
using Kontena.GridManager.Config;
using Kontena.GridManager.Decisions;
using Kontena.GridManager.Grids;
using Kontena.GridManager.Identities;
using Kontena.GridManager.Integrations;
using Kontena.GridManager.Networking;
using Kontena.GridManager.Nodes;
using Kontena.GridManager.Nodes.Liveness;
using Kontena.GridManager.Requests;
using Kontena.GridManager.Registries;
using Kontena.GridManager.Services;
using Kontena.GridManager.Stacks;
using Kontena.GridManager.Users;
using Kontena.GridManager.Vault;
using Kontena.GridManager.Volumes;
using Kontena.Hosting;
using Kontena.Hosting.Bus;
using Kontena.State;
using Microsoft.Extensions.DependencyInjection;

namespace Kontena.GridManager;

/// <summary>Owns what is wanted: grids, nodes, stacks, services; and what is believed of nodes' liveness.</summary>
public static class GridManagerModule
{
    public static KontenaApplicationBuilder AddGridManager(this KontenaApplicationBuilder builder)
    {
        if (!builder.TryAddModule("grid-manager"))
            return builder;

        builder.Services.AddKontenaState(builder.Configuration);
        builder.Services.AddSingleton(LivenessOptions.From(builder.Configuration));
        builder.Services.AddSingleton(FirstGridOptions.From(builder.Configuration));
        builder.Services.AddSingleton<GridLedger>();
        builder.Services.AddSingleton<NodeLivenessMonitor>();
        builder.Services.AddSingleton<NodeDirectory>();
        builder.Services.AddSingleton<JoinAnswers>();
        builder.Services.AddSingleton<JoinLookup>();
        builder.Services.AddSingleton<EngineClaims>();
        builder.Services.AddSingleton<JoinAdmission>();
        AddIdentities(builder);
        builder.Services.AddSingleton(VaultOptions.From(builder.Configuration));
        builder.Services.AddSingleton<VaultKeys>();
        builder.Services.AddHostedService<VaultLook>();
        builder.Services.AddHealthChecks().AddCheck<VaultCheck>("vault");
        builder.Services.AddSingleton<ReportDrops>();
        builder.Services.AddSingleton<FirstGrid>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<FirstGrid>());
        builder.Services.AddSingleton(FirstCodeOptions.From(builder.Configuration));
        builder.Services.AddHostedService<FirstCode>();
        builder.Services.AddHostedService<LivenessLoop>();
        builder.Services.AddSingleton<NetworkMapPublisher>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<NetworkMapPublisher>());
        builder.Services.AddHostedService<EphemeralCleanup>();
        builder.Services.AddHealthChecks().AddCheck<FirstGridCheck>("first-grid");

        builder.AddControlEndpoint(new BusEndpoint(Queues.GridManager)
        {
            Consumers = [typeof(GridConsumer), typeof(NodeConsumer), typeof(EnrolConsumer), typeof(ServiceConsumer), typeof(StackConsumer), typeof(VolumeConsumer), typeof(UserConsumer), typeof(TokenConsumer), typeof(IntegrationConsumer), typeof(VaultConsumer), typeof(KeyedRequestConsumer), typeof(NetworkCheckConsumer), typeof(RotateNodeKeyConsumer), typeof(RegistryConsumer), typeof(SealOrderConsumer), typeof(ConfigConsumer), typeof(LoginConsumer), typeof(ExecNoteConsumer), typeof(TokenNoteConsumer), typeof(ReplayNoteConsumer), typeof(RefusalNoteConsumer)],
        });
        builder.AddControlEndpoint(new BusEndpoint(Queues.GridManagerReports)
        {
            Consumers = [typeof(JoinConsumer), typeof(HeartbeatConsumer), typeof(FactsConsumer), typeof(NetworkReportConsumer), typeof(NetworkMeasuredConsumer)],
            Bindings = [new(Queues.Reports, "*.join"), new(Queues.Reports, "*.heartbeat"), new(Queues.Reports, "*.facts"), new(Queues.Reports, "*.network")],
            // Liveness is judged by the one process that hears everybody; the others take over when it goes.
            SingleActiveConsumer = true,
            Prefetch = 128,
        });
        builder.AddControlEndpoint(new BusEndpoint(Queues.GridManagerQuestions)
        {
            Consumers = [typeof(RegistryLoginConsumer)],
            Bindings = [new(Queues.Reports, "*.login")],
        });
        return builder;
    }

    /// <summary>Only with a broker whose management API is known. In one process there is nobody to keep apart.</summary>
    private static void AddIdentities(KontenaApplicationBuilder builder)
    {
        builder.Services.AddSingleton(IdentityOptions.From(builder.Configuration));
        if (BrokerManagement.From(builder.Configuration) is not { } management)
            return;
        builder.Services.AddSingleton(management);
        builder.Services.AddSingleton<BrokerUsers>();
        builder.Services.AddSingleton<IdentityKeeper>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<IdentityKeeper>());
        builder.Services.AddSingleton<IntegrationUsers>();
        builder.Services.AddSingleton<IntegrationKeeper>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<IntegrationKeeper>());
    }
}

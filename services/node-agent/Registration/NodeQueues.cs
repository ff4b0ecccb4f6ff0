using Kontena.Contracts.Messaging;
using Kontena.Hosting.Bus;
using Kontena.NodeAgent.Exec;
using Kontena.NodeAgent.Heartbeats;
using Kontena.NodeAgent.Leases;
using Kontena.NodeAgent.Names;
using Kontena.NodeAgent.Networking.Overlay;
using Kontena.NodeAgent.Orders;
using Kontena.NodeAgent.Questions;
using Kontena.NodeAgent.Registries;
using Kontena.NodeAgent.Volumes;

namespace Kontena.NodeAgent.Registration;

/// <summary>The node's queues and who reads them. They are opened when the engine's id is known.</summary>
internal static class NodeQueues
{
    public static readonly IReadOnlyList<Type> OrderConsumers =
    [
        typeof(NodeJoinedConsumer), typeof(JoinRefusedConsumer), typeof(ReportFactsConsumer),
        typeof(ApplyInstanceConsumer), typeof(RemoveInstanceConsumer), typeof(RestartInstanceConsumer), typeof(SyncNodeConsumer), typeof(RemoveVolumeConsumer), typeof(LeaseRenewedConsumer),
        typeof(GridChangedConsumer), typeof(MeasureNetworkConsumer), typeof(RotateOverlayKeyConsumer), typeof(RegistryLoginToldConsumer),
    ];

    public static readonly IReadOnlyList<Type> NamesConsumers = [typeof(NamesConsumer)];

    public static readonly IReadOnlyList<Type> ExecConsumers = [typeof(OpenExecConsumer), typeof(ExecInputConsumer), typeof(AskContainerConsumer)];

    /// <summary>Answers to this process's requests to join.</summary>
    public static BusEndpoint Answers(string nodeId, string run) =>
        new(Queues.NodeJoin(nodeId, run)) { Consumers = [typeof(NodeJoinedConsumer), typeof(JoinRefusedConsumer)], Temporary = true, Prefetch = 4, Concurrency = 1 };

    /// <summary>Many orders at once: each ends when its file is safe, and files of different instances don't wait for one another.</summary>
    public static BusEndpoint Orders(string nodeId) =>
        new(Queues.Node(nodeId)) { Consumers = OrderConsumers, Prefetch = 256, Concurrency = 64 };

    /// <summary>One at a time keeps the order of the news.</summary>
    public static BusEndpoint Names(string nodeId, string grid) => new(Queues.NodeNames(nodeId))
    {
        Consumers = NamesConsumers, Bindings = [new BusBinding(Queues.GridNames(grid))], Temporary = true, Prefetch = 32, Concurrency = 1,
    };

    /// <summary>One at a time keeps the order of a session's input; consumers only hand it on.</summary>
    public static BusEndpoint Exec(string nodeId) =>
        new(Queues.NodeExec(nodeId)) { Consumers = ExecConsumers, Prefetch = 64, Concurrency = 1 };
}

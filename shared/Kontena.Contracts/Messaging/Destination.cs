namespace Kontena.Contracts.Messaging;

/// <summary>Where a message goes: a queue that exactly one service reads, or an exchange with a routing key.</summary>
/// <param name="Name">A name from <see cref="Queues"/>.</param>
/// <param name="Kind">How the broker hands it on.</param>
/// <param name="RoutingKey">Only for <see cref="DestinationKind.Topic"/>.</param>
public sealed record Destination(string Name, DestinationKind Kind, string? RoutingKey = null)
{
    public static Destination Queue(string queue) => new(queue, DestinationKind.Queue);

    public static Destination Node(string nodeId) => Queue(Queues.Node(nodeId));

    public static Destination Scheduler(string grid) => Queue(Queues.SchedulerShardOf(grid));

    public static Destination Report(string grid, string kind) => new(Queues.Reports, DestinationKind.Topic, Queues.ReportKey(grid, kind));

    /// <summary>Everybody who wants to know what happens.</summary>
    public static Destination Event(string grid, string type) => new(Queues.Events, DestinationKind.Topic, Queues.EventKey(grid, type));

    /// <summary>All nodes of the grid.</summary>
    public static Destination Names(string grid) => new(Queues.GridNames(grid), DestinationKind.Fanout);

    public static readonly Destination GridManager = Queue(Queues.GridManager);

    public static readonly Destination NodeData = new(Queues.NodeData, DestinationKind.Fanout);
}

public enum DestinationKind
{
    Queue,
    Topic,
    Fanout,
}

using Kontena.Contracts.Logs;

namespace Kontena.LogCollector.Storage.Sqlite;

/// <summary>Who wrote a line: one container. Kept once per segment; lines point to it.</summary>
internal sealed record LogSource(
    string Grid, string Node, string Stack, string Service, int Instance, string InstanceId, string ContainerName, string ContainerId)
{
    public string ServicePath => $"{Stack}/{Service}";

    public static LogSource Of(LogBatch batch, LogLine line) => new(
        batch.Grid, batch.Node, line.Stack, line.Service, line.Instance, line.InstanceId, line.ContainerName, line.ContainerId);

    /// <summary>All filters of a query but time, place and text concern the source alone.</summary>
    public bool Matches(QueryLogs query) =>
        Grid == query.Grid
        && (query.Stack is null || Stack == query.Stack)
        && (query.Service is null || Service == query.Service)
        && (query.Instance is null || Instance == query.Instance)
        && (query.ContainerName is null || ContainerName == query.ContainerName)
        && (query.Node is null || Node == query.Node)
        && (query.AnyService is null || query.AnyService.Contains(ServicePath))
        && (query.AnyContainer is null || query.AnyContainer.Contains(ContainerName))
        && (query.AnyNode is null || query.AnyNode.Contains(Node));
}

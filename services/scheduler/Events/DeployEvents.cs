using Kontena.Contracts.Deploys;
using Kontena.Contracts.Events;

namespace Kontena.Scheduler.Events;

/// <summary>How far deploys have come (rest-api.md §23: started, deployed, failed). Reasons are told by their first line, which never is what a container wrote.</summary>
internal static class DeployEvents
{
    /// <summary>Before errors of instances in the API, for the original's clients.</summary>
    private const string ErrorPrefix = "GridServiceInstanceDeployer::ServiceError: ";

    /// <summary>Instances of one deploy that are told one by one at the same moment.</summary>
    private const int MostInstances = 20;

    public static GridEvent? BeginOfService(ServiceDeploy? before, ServiceDeploy? after) => after?.StartedAt is null || before?.StartedAt is not null ? null
        : Of(after, EventSeverity.Info, $"service {EventNames.Service(after.Stack, after.Service)} deploy started");

    /// <summary>What happened on its way, and its end.</summary>
    public static IEnumerable<GridEvent> CourseOfService(ServiceDeploy? before, ServiceDeploy? after)
    {
        if (after is null)
            yield break;
        var name = EventNames.Service(after.Stack, after.Service);
        foreach (var failed in Failures(before, after).Take(MostInstances))
        {
            yield return Of(after, EventSeverity.Error, $"service {name}-{failed.Number} was not deployed: {Reason(failed.Error)}") with
            {
                Instance = failed.Number, Node = failed.Node.Length == 0 ? null : failed.Node,
            };
        }

        if (after.Rollback is { } rollback && before?.Rollback is null)
            yield return Of(after, EventSeverity.Warning, $"service {name} goes back to revision {rollback.ToRevision}: {Reason(rollback.Failure)}");
        if (after.State == before?.State)
            yield break;
        if (after.State == DeployState.Success)
            yield return Of(after, EventSeverity.Info, $"service {name} deployed");
        else if (after.State == DeployState.Error)
            yield return Of(after, EventSeverity.Error, $"service {name} deploy failed: {Reason(after.Reason)}");
    }

    public static GridEvent? BeginOfStack(StackDeploy? before, StackDeploy? after) =>
        before is null && after is not null ? Of(after, EventSeverity.Info, $"stack {after.Stack} deploy started") : null;

    public static GridEvent? EndOfStack(StackDeploy? before, StackDeploy? after) => after is null || after.State == before?.State ? null : after.State switch
    {
        DeployState.Success => Of(after, EventSeverity.Info, $"stack {after.Stack} deployed"),
        DeployState.Error => Of(after, EventSeverity.Error, $"stack {after.Stack} deploy failed: {Reason(after.Reason)}"),
        _ => null,
    };

    private static IEnumerable<InstanceDeploy> Failures(ServiceDeploy? before, ServiceDeploy after)
    {
        if (ReferenceEquals(before?.InstanceDeploys, after.InstanceDeploys))
            return [];
        var known = (before?.InstanceDeploys ?? []).Where(one => one.State == DeployState.Error).Select(one => one.Number).ToHashSet();
        return after.InstanceDeploys.Where(one => one.State == DeployState.Error && !known.Contains(one.Number));
    }

    private static string Reason(string? text) => GridEvent.Brief(text is null ? "it does not say why"
        : text.StartsWith(ErrorPrefix, StringComparison.Ordinal) ? text[ErrorPrefix.Length..] : text);

    private static GridEvent Of(ServiceDeploy deploy, int severity, string message) => new()
    {
        Grid = deploy.Grid, Stack = deploy.Stack, Service = deploy.Service, Type = EventTypes.ServiceDeploy, Severity = severity, Message = message,
    };

    private static GridEvent Of(StackDeploy deploy, int severity, string message) => new()
    {
        Grid = deploy.Grid, Stack = deploy.Stack, Type = EventTypes.StackDeploy, Severity = severity, Message = message,
    };
}

namespace Kontena.Contracts.Events;

/// <summary>What can happen: whom it happens to, a colon, and what. Those of services are the original's (rest-api.md §23); the others are ours, in its manner.</summary>
public static class EventTypes
{
    /// <summary>Why a service is deployed without being asked for it. The original's name, which has no colon; it happens to a service.</summary>
    public const string Scheduler = "scheduler";

    public const string ServiceDeploy = "service:deploy";
    public const string CreateInstance = "service:create_instance";
    public const string StartInstance = "service:start_instance";
    public const string RestartInstance = "service:restart_instance";
    public const string StopInstance = "service:stop_instance";
    public const string RemoveInstance = "service:remove_instance";
    public const string InstanceCrash = "service:instance_crash";

    /// <summary>A step of its node's failed: an image that can't be had, a hook, a port.</summary>
    public const string InstanceError = "service:instance_error";
    public const string HealthCheck = "service:health_check";
    public const string StackDeploy = "stack:deploy";
    public const string NodeOnline = "node:online";

    /// <summary>Silent for a few seconds; nothing follows from it yet.</summary>
    public const string NodeSuspect = "node:suspect";
    public const string NodeOffline = "node:offline";

    /// <summary>All that had to leave a drained node has left.</summary>
    public const string NodeDrained = "node:drained";

    /// <summary>More happened at once than is told one by one.</summary>
    public const string Omitted = "grid:omitted";

    /// <summary>Of a grid, node, stack, service, volume or secret: the record was made.</summary>
    public static string Create(string kind) => $"{kind}:create";

    /// <summary>Of one of these: it was changed.</summary>
    public static string Update(string kind) => $"{kind}:update";

    /// <summary>Of one of these: it was asked to go, and goes once nothing of it is left.</summary>
    public static string Removing(string kind) => $"{kind}:removing";

    /// <summary>Of one of these: it is gone.</summary>
    public static string Remove(string kind) => $"{kind}:remove";

    /// <summary>Whom it happens to, and what: <c>service:deploy</c> is (service, deploy).</summary>
    public static (string Subject, string What) Parts(string type) =>
        type.Split(':', 2) is [{ Length: > 0 } subject, { Length: > 0 } what] ? (subject, what) : ("service", type);
}

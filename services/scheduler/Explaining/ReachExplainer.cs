using Kontena.Contracts.Instances;
using Kontena.Contracts.Services;
using Kontena.Contracts.Stacks;
using Kontena.Scheduler.Snapshots;

namespace Kontena.Scheduler.Explaining;

/// <summary>Who reaches a service whose stack is private, in a line for people. Pure.</summary>
internal static class ReachExplainer
{
    /// <summary>Services with a link that are named; of the others the number is told.</summary>
    public const int MostNamed = 10;

    /// <param name="own">Its instances. What is in force for them counts; without any, what a deploy would make of it.</param>
    /// <returns>Null when its stack keeps nobody out.</returns>
    public static string? Of(GridSnapshot snapshot, Service service, IEnumerable<Instance> own)
    {
        // What is in the host's network, or in another container's, has no address of its own to be kept at.
        if (service.Spec.Net != "bridge" || snapshot.Stacks.Find(service.Stack) is not { } stack)
            return null;
        var present = own.LastOrDefault(one => one is { Desired: not DesiredState.Removed, Spec: not null })?.Spec;
        if (!(present?.OfPrivateStack ?? (stack.Latest.Networks ?? snapshot.Grid?.StackNetworks) == StackNetworks.Private))
            return null;
        if (!(present?.Private ?? stack.Latest.Expose != service.Name))
            return $"reached by everybody in the grid: stack {service.Stack} is private, and exposes this service";

        var linked = snapshot.Services.Values
            .Where(one => one.RemovedAt is null && one.Stack != service.Stack && one.Spec.Links.Any(link => link.Stack == service.Stack && link.Service == service.Name))
            .Select(one => one.Stack == Service.NoStack ? one.Name : Service.DocumentId(one.Stack, one.Name)).Order(StringComparer.Ordinal).ToList();
        var named = linked.Count == 0 ? "there are none"
            : string.Join(", ", linked.Take(MostNamed)) + (linked.Count > MostNamed ? $" and {linked.Count - MostNamed} more" : "");
        return service.Spec.Ports.Count == 0
            ? $"private: reached by stack {service.Stack} and by services with a link to it ({named})"
            : $"private: reached by stack {service.Stack}, by services with a link to it ({named}), and by everybody at the ports that it publishes";
    }
}

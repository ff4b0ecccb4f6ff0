using Kontena.Contracts.Services;
using Kontena.Contracts.Stacks;
using Kontena.Core.Services;
using Kontena.Core.Stacks;
using Kontena.GridManager.Decisions;
using Kontena.GridManager.Services;

namespace Kontena.GridManager.Stacks;

/// <summary>A new revision of a stack that exists, read against the services it has now.</summary>
internal static class StackReadings
{
    public static StackReading Revision(GridSnapshot grid, string stack, StackRequest request)
    {
        var live = grid.LiveServicesOf(stack).ToDictionary(one => one.Value.Name, one => one.Value, StringComparer.Ordinal);
        var reading = StackRequestReader.Read(request, create: false, grid.Around(stack), live);
        var errors = new FieldErrors();
        errors.Include(reading.Errors);

        PlanDrift.Check(grid, stack, request, errors);
        var names = (request.Services ?? []).Select(service => service?.Name?.Trim() ?? "").ToHashSet(StringComparer.Ordinal);
        foreach (var name in names)
        {
            if (grid.Service(stack, name) is { Value.RemovedAt: not null } leaving)
                errors.Say(CreateServiceDecision.TakenText(leaving.Value), "services", name, "name");
        }

        foreach (var name in live.Keys.Where(name => !names.Contains(name)))
        {
            // Links from within the stack are the new revision's own matter; they were checked with it.
            if (ServiceLinks.To(grid, stack, name, only: other => other.Stack != stack) is { Count: > 0 } linking)
                errors.Say(RemoveServiceDecision.LinkedText(linking), "services", name, "service");
        }

        return errors.Any ? new StackReading(null, errors.Found) : reading;
    }

    /// <summary>The stored revision as the request it came from.</summary>
    public static StackRequest Request(StackRevision revision) => new()
    {
        Stack = revision.StackName,
        Version = revision.Version,
        Source = revision.Source,
        Services = revision.Services,
        Volumes = revision.Volumes,
        Labels = revision.Labels,
    };
}

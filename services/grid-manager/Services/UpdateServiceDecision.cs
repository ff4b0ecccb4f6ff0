using Kontena.Contracts.Commands;
using Kontena.Contracts.Services;
using Kontena.Core.Services;
using Kontena.Core.Stacks;
using Kontena.GridManager.Decisions;
using Kontena.State;

namespace Kontena.GridManager.Services;

/// <summary>Only what is given changes; the revision grows only when something did, or when forced (rest-api.md §12.4).</summary>
internal static class UpdateServiceDecision
{
    public static Decision<CommandResult> Decide(GridSnapshot grid, UpdateService command, DateTimeOffset now)
    {
        if (grid.Service(command.Stack, command.Service) is not { Value.RemovedAt: null } found)
            return Decision.NotFound(ServiceTexts.Missing(command.Grid, command.Stack, command.Service));
        var current = found.Value;
        var reading = ServiceSpecReader.ReadUpdate(Merged(command, current.Spec), current, grid.Around(command.Stack));
        if (reading.Spec is not { } spec)
            return Decision.Refused(reading.Errors);
        if (command.Request.Links is not null && command.Stack != Service.NoStack && IsRecursive(grid, current, spec))
            return Decision.Refused("links", $"service {current.Name} has recursive links");

        if (ServiceSpecReader.Same(spec, current.Spec) && command.Request.Force != true)
            return Decision.Unchanged();
        var draft = new GridDraft(command.Grid);
        var updated = current with { Spec = spec, Revision = current.Revision + 1, UpdatedAt = now };
        draft.PutRevision(updated, found.Version, $"service {command.Stack}/{command.Service} updated to revision {updated.Revision}", "updated");
        return Decision.Done(draft);
    }

    // Who asked may have seen an older list; others may have changed other variables since.
    private static ServiceRequest Merged(UpdateService command, ServiceSpec current)
    {
        if ((command.SetEnv ?? command.UnsetEnv) is not { } changed)
            return command.Request;
        var key = KeyOf(changed);
        var others = current.Env.Where(one => KeyOf(one) != key);
        return command.Request with { Env = [.. command.SetEnv is { } set ? others.Append(set) : others] };
    }

    private static string KeyOf(string env) => env.Split('=', 2)[0];

    /// <summary>With this spec the service would link to itself, directly or over others of its stack.</summary>
    public static bool IsRecursive(GridSnapshot grid, Service current, ServiceSpec spec) =>
        new LinkGraph(grid.LiveServicesOf(current.Stack).Select(one => (one.Value.Name, InnerLinks(current.Stack, one.Value.Name == current.Name ? spec : one.Value.Spec))))
            .Recursive.Contains(current.Name);

    private static IReadOnlyList<string> InnerLinks(string stack, ServiceSpec spec) =>
        [.. spec.Links.Where(link => link.Stack == stack).Select(link => link.Service)];
}

using System.Text.Json;
using Kontena.Api.Services;
using Kontena.Api.Snapshots;
using Kontena.Contracts.Http;
using Kontena.Contracts.Services;
using Kontena.Contracts.Stacks;

namespace Kontena.Api.Stacks;

/// <summary>Stack documents as the API shows them (rest-api.md §11.1).</summary>
internal static class StackRendering
{
    private static readonly JsonElement EmptyObject = JsonDocument.Parse("{}").RootElement;

    /// <param name="stack">The one to show.</param>
    /// <param name="all">Every stack of the grid, for parent and children.</param>
    /// <param name="snapshot">With this stack's services, at least.</param>
    public static StackJson Render(Stack stack, IReadOnlyList<Stack> all, GridSnapshot snapshot)
    {
        var services = snapshot.Services.Where(service => service.Stack == stack.Name).ToList();
        var latest = stack.Latest;
        return new StackJson
        {
            Id = IdOf(stack),
            Name = stack.Name,
            State = StateOf(services, snapshot),
            CreatedAt = stack.CreatedAt,
            UpdatedAt = latest.CreatedAt,
            Stack = latest.StackName,
            Registry = latest.Registry,
            Version = latest.Version,
            Revision = stack.Revision,
            Expose = latest.Expose,
            Networks = latest.Networks,
            Source = latest.Source,
            Variables = latest.Variables,
            Labels = latest.Labels,
            Services = [.. services.Select(service => ServiceRendering.Render(service, snapshot))],
            Metadata = latest.Metadata ?? EmptyObject,
            Parent = stack.Parent is { } parent
                ? new IdNameJson(all.FirstOrDefault(other => other.Name == parent) is { } there ? IdOf(there) : null, parent)
                : null,
            Children = [.. all.Where(other => other.Parent == stack.Name).Select(child => new IdNameJson(IdOf(child), child.Name))],
        };
    }

    /// <summary>The hidden stack of services that belong to none.</summary>
    public static StackJson RenderNoStack(GridSnapshot snapshot) => new()
    {
        Id = $"{snapshot.Grid.Name}/{Service.NoStack}",
        Name = Service.NoStack,
        State = StateOf(snapshot.Services, snapshot),
        CreatedAt = snapshot.Grid.CreatedAt,
        Labels = [],
        Services = [.. snapshot.Services.Select(service => ServiceRendering.Render(service, snapshot))],
        Metadata = EmptyObject,
    };

    /// <summary>First that fits (rest-api.md §23).</summary>
    public static string StateOf(IReadOnlyList<Service> services, GridSnapshot snapshot)
    {
        if (services.All(service => service.State == ServiceState.Initialized))
            return "initialized";
        if (services.Any(service => snapshot.Deploying.Contains(Service.DocumentId(service.Stack, service.Name))))
            return "deploying";
        if (services.All(service => service.State == ServiceState.Stopped))
            return "stopped";
        return services.All(service => service.State == ServiceState.Running) ? "running" : "partially_running";
    }

    private static string IdOf(Stack stack) => $"{stack.Grid}/{stack.Name}";
}

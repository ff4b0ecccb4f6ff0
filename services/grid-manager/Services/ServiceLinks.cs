using Kontena.Contracts.Services;
using Kontena.GridManager.Decisions;

namespace Kontena.GridManager.Services;

/// <summary>Who links to whom, as far as removal asks.</summary>
internal static class ServiceLinks
{
    /// <summary>The live services that link to this one, apart from itself; short names, sorted.</summary>
    public static IReadOnlyList<string> To(GridSnapshot grid, string stack, string service, Func<Service, bool>? only = null) =>
        [.. grid.LiveServices
            .Select(one => one.Value)
            .Where(other => !(other.Stack == stack && other.Name == service))
            .Where(other => only?.Invoke(other) ?? true)
            .Where(other => other.Spec.Links.Any(link => link.Stack == stack && link.Service == service))
            .Select(ServiceTexts.Short)
            .Order(StringComparer.Ordinal)];
}

using System.Text.Json;
using Kontena.Contracts;
using Kontena.Contracts.Services;
using Kontena.Contracts.Stacks;

namespace Kontena.GridManager.Stacks;

/// <summary>Revisions as kept: made from requests and compared.</summary>
internal static class StackRevisions
{
    public static StackRevision From(StackRequest request, IReadOnlyList<string> labels, DateTimeOffset now) => new()
    {
        StackName = request.Stack!.Trim(),
        Version = request.Version!.Trim(),
        Registry = request.Registry,
        Expose = request.Expose?.Trim(),
        Networks = request.Networks,
        Source = request.Source!.Trim(),
        Variables = Kept(request.Variables),
        Metadata = Kept(request.Metadata),
        Labels = labels,
        Services = request.Services ?? [],
        Volumes = request.Volumes ?? [],
        CreatedAt = now,
    };

    /// <summary>Whether two revisions ask for the same; labels, metadata and the order of services do not count (rest-api.md §11.3).</summary>
    public static bool SameContent(StackRevision one, StackRevision other) => Content(one) == Content(other);

    private static string Content(StackRevision revision) => JsonSerializer.Serialize(
        revision with
        {
            Labels = [],
            Metadata = null,
            CreatedAt = default,
            Services = [.. revision.Services.OrderBy(service => service.Name, StringComparer.Ordinal)],
        },
        KontenaJson.Default.StackRevision);

    private static JsonElement? Kept(JsonElement? element) => element is { ValueKind: JsonValueKind.Object } ? element : null;
}

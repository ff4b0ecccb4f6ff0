using Kontena.Api.Services;
using Kontena.Contracts.Http;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;
using Kontena.Contracts.Volumes;
using Kontena.Core.Services;

namespace Kontena.Api.Volumes;

/// <summary>What was read to show volumes.</summary>
/// <param name="Volumes">Without the removed ones, oldest first.</param>
/// <param name="Instances">Also those of removed volumes.</param>
/// <param name="Services">Without the removed ones.</param>
internal sealed record VolumesSnapshot(
    IReadOnlyList<Volume> Volumes, IReadOnlyList<VolumeInstance> Instances, IReadOnlyList<Service> Services, IReadOnlyList<Node> Nodes);

/// <summary>Volume documents as the API shows them (rest-api.md §20).</summary>
internal static class VolumeRendering
{
    public static VolumeJson Render(Volume volume, VolumesSnapshot view) => new()
    {
        Id = $"{volume.Grid}/{volume.Name}",
        CreatedAt = volume.CreatedAt,
        UpdatedAt = volume.UpdatedAt,
        Name = volume.Name,
        Scope = volume.Scope.ToString().ToLowerInvariant(),
        Driver = volume.Driver,
        DriverOpts = volume.DriverOpts,
        Instances =
        [
            .. view.Instances.Where(one => one.VolumeUid == volume.Uid)
                .Select(one => new VolumeInstanceJson(NodeOf(one, view), one.Name))
                .OrderBy(one => one.Name, StringComparer.Ordinal).ThenBy(one => one.Node, StringComparer.Ordinal),
        ],
        Services =
        [
            .. view.Services.Where(service => Mounts(service, volume)).Select(ServiceRendering.IdOf).Order(StringComparer.Ordinal)
                .Select(id => new IdJson(id)),
        ],
    };

    // The machine may have joined under another name since.
    private static string NodeOf(VolumeInstance instance, VolumesSnapshot view) =>
        view.Nodes.FirstOrDefault(node => node.NodeId == instance.NodeId)?.Name ?? instance.Node;

    private static bool Mounts(Service service, Volume volume) =>
        service.Spec.Volumes.Any(text => VolumeText.Parse(text, out _)?.Volume == volume.Name);
}

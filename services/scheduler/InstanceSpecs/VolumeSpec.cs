using Kontena.Contracts.Instances;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Volumes;
using Kontena.Core.Volumes;
using Kontena.Scheduler.Volumes;

namespace Kontena.Scheduler.InstanceSpecs;

/// <summary>One entry of <c>volumes</c>, read: <c>name:/path[:flags]</c>, <c>/host:/path[:flags]</c> or <c>/path</c> (stack-file.md
/// §11.1).</summary>
/// <param name="Path">Inside the container.</param>
/// <param name="BindMount">A path of the node, or null.</param>
/// <param name="Name">A volume of the grid, or null.</param>
/// <param name="Flags">As Docker takes them, or null.</param>
internal sealed record VolumeSpec(string Path, string? BindMount, string? Name, string? Flags)
{
    public static VolumeSpec Read(string entry)
    {
        var parts = entry.Split(':', 3);
        if (parts.Length == 1)
            return new VolumeSpec(parts[0], null, null, null);
        var flags = parts.Length == 3 && parts[2].Length > 0 ? parts[2].Replace(':', ',') : null;
        return parts[0].StartsWith('/')
            ? new VolumeSpec(parts[1], parts[0], null, flags)
            : new VolumeSpec(parts[1], null, parts[0], flags);
    }

    /// <param name="volume">The volume of that name; null without a name, or when the grid has none such: then every instance has its own.</param>
    public VolumeMount ToMount(Volume? volume, Node node, string stack, string service, int number)
    {
        if (Name is null)
            return new VolumeMount(Path, BindMount, null, Flags);
        if (volume is null)
            return new VolumeMount(Path, null, $"{InstanceNames.QualifiedService(stack, service)}.{Name}-{number}", Flags);
        var source = new VolumeSource(volume.Name, volume.Uid, DriverOn(node, volume.Driver), volume.DriverOpts);
        return new VolumeMount(Path, null, VolumeNames.Of(volume, stack, service, number), Flags, source);
    }

    /// <summary>As the node's engine calls it: a plugin is known there by name and version.</summary>
    private static string DriverOn(Node node, string driver)
    {
        var known = node.Facts?.VolumeDrivers.FirstOrDefault(one => DriverNames.NameOf(one.Name) == driver);
        return known is null ? driver : known.Version is { Length: > 0 } version && known.Name == driver ? $"{driver}:{version}" : known.Name;
    }
}

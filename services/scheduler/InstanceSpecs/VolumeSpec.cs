using Kontena.Contracts.Instances;

namespace Kontena.Scheduler.InstanceSpecs;

/// <summary>One entry of <c>volumes</c>, read: <c>name:/path[:flags]</c>, <c>/host:/path[:flags]</c> or <c>/path</c> (stack-file.md
/// §11.1).</summary>
/// <param name="Path">Inside the container.</param>
/// <param name="BindMount">A path of the node, or null.</param>
/// <param name="Name">A named volume, or null.</param>
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

    /// <summary>A named volume belongs to one instance: <c>stack.service.volume-N</c> (scope <c>instance</c>, the default of runtime.md
    /// §2.13).</summary>
    public VolumeMount ToMount(string stack, string service, int number) => new(
        Path, BindMount, Name is null ? null : $"{InstanceNames.QualifiedService(stack, service)}.{Name}-{number}", Flags);
}

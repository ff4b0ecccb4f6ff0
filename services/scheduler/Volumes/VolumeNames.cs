using Kontena.Contracts.Volumes;
using Kontena.Scheduler.InstanceSpecs;

namespace Kontena.Scheduler.Volumes;

/// <summary>How the Docker volume of a named volume is called on a node (runtime.md §2.13): whoever shares the data finds the same name.</summary>
internal static class VolumeNames
{
    public static string Of(Volume volume, string stack, string service, int number) => volume.Scope switch
    {
        VolumeScope.Grid => volume.Name,
        VolumeScope.Stack => $"{stack}.{volume.Name}",
        _ => $"{InstanceNames.QualifiedService(stack, service)}.{volume.Name}-{number}",
    };
}

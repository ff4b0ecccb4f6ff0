using Kontena.Contracts.Instances;
using Kontena.Core.Volumes;
using Kontena.Docker;
using Kontena.NodeAgent.Instances;

namespace Kontena.NodeAgent.Volumes;

/// <summary>What a Docker volume has to do with a volume of the grid, told by its labels. Pure.</summary>
internal static class GridVolumes
{
    /// <summary>Labels of a Docker volume that is made for a volume of the grid (runtime.md §3.9).</summary>
    public static IReadOnlyDictionary<string, string> Labels(string grid, string dockerName, VolumeSource source) => new Dictionary<string, string>
    {
        [ManagedLabels.Type] = "volume",
        [ManagedLabels.GridName] = grid,
        [ManagedLabels.PlatformName] = grid,
        [ManagedLabels.VolumeId] = source.Uid,
        [ManagedLabels.VolumeName] = source.Volume,
        [ManagedLabels.VolumeInstanceId] = dockerName,
    };

    /// <summary>Made for this very volume, and so what an order to remove it speaks of.</summary>
    public static bool IsOf(VolumeDetails there, string grid, string uid) =>
        there.Labels.GetValueOrDefault(ManagedLabels.GridName) == grid && there.Labels.GetValueOrDefault(ManagedLabels.VolumeId) == uid;

    /// <summary>Why an instance can't mount what is there, and what to do; null when it can.</summary>
    public static string? Obstacle(VolumeDetails there, string grid, VolumeSource source)
    {
        var other = there.Labels.GetValueOrDefault(ManagedLabels.GridName);
        if (other is not null && other != grid)
            return $"volume {there.Name} on this node belongs to grid {other}. Remove it with: docker volume rm {there.Name}, or mount another volume";
        if (there.Labels.GetValueOrDefault(ManagedLabels.VolumeId) is { } uid && uid != source.Uid)
        {
            return $"volume {there.Name} on this node holds data of an earlier volume {source.Volume} ({uid}), which the grid has removed. "
                + $"Nothing is lost yet; when the data is not needed: docker volume rm {there.Name}";
        }

        if (DriverNames.NameOf(there.Driver) != DriverNames.NameOf(source.Driver))
        {
            return $"volume {there.Name} is on this node with driver {there.Driver}, and volume {source.Volume} asks for driver {DriverNames.NameOf(source.Driver)}. "
                + $"Remove the one on this node (docker volume rm {there.Name}), or make a volume of another name with driver {DriverNames.NameOf(there.Driver)}";
        }

        return null;
    }
}

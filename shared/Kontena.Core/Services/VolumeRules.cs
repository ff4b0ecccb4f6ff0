namespace Kontena.Core.Services;

/// <summary>The volumes of one service: grammar, names that exist, one mount per path (stack-file.md §11.1).</summary>
internal static class VolumeRules
{
    /// <summary>What can be done while volumes of a grid can't be made.</summary>
    public static string Instead(string name, string path) =>
        $"this version has no volumes of the grid: mount a path of the node, /srv/{name}:{path}, or let a stateful service keep {path} itself";

    public static IReadOnlyList<string> Read(IReadOnlyList<string> volumes, ServiceSurroundings around, FieldErrors errors)
    {
        var read = new List<string>(volumes.Count);
        var paths = new HashSet<string>(StringComparer.Ordinal);
        for (var index = 0; index < volumes.Count; index++)
        {
            if (string.IsNullOrWhiteSpace(volumes[index]))
            {
                errors.Reason(volumes[index] is null ? "can't be nil" : "can't be blank", "volumes", FieldErrors.At(index));
                continue;
            }

            if (VolumeText.Parse(volumes[index].Trim(), out var mistake) is not { } volume)
            {
                errors.Append("volumes", mistake!);
                continue;
            }

            if (!paths.Add(volume.Path))
                errors.Append("volumes", $"the path {volume.Path} has more than one volume");
            if (volume.Volume is { } name)
            {
                if (!around.Volumes.TryGetValue(name, out var external))
                    errors.Append("volumes", $"volume {name} does not exist; {Instead(name, volume.Path)}");
                else
                    volume = volume with { Volume = external };
            }

            read.Add(volume.ToString());
        }

        return read;
    }
}

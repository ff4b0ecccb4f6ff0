namespace Kontena.Core.Services;

/// <summary>The volumes of one service: grammar, names that exist, one mount per path (stack-file.md §11.1).</summary>
internal static class VolumeRules
{
    /// <summary>What to do about a volume that is not there.</summary>
    public static string Remedy(string name) => $"create it first: kontena volume create --driver local --scope instance {name}";

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
                    errors.Append("volumes", $"volume {name} does not exist; {Remedy(name)}");
                else
                    volume = volume with { Volume = external };
            }

            read.Add(volume.ToString());
        }

        return read;
    }
}

using System.Text;
using Kontena.Core.Files;
using Kontena.State.Backups;
using Microsoft.Extensions.Configuration;

namespace Kontena.GridManager.Backups;

/// <summary>The files beside the store without which clients and agents of a restored platform would be strangers to it.</summary>
internal static class KeptFiles
{
    private const string DefaultDataDirectory = "/var/lib/kontena";

    /// <summary>Those that are there; a token that is given in settings is in no file.</summary>
    public static IReadOnlyList<KeptFile> Read(IConfiguration settings) =>
        [.. Paths(settings).Where(one => File.Exists(one.Value)).Select(one => new KeptFile(one.Key, File.ReadAllText(one.Value)))];

    /// <summary>Writes them to where the settings of this machine say; one that is there stays unless <paramref name="replace"/> is given.</summary>
    public static void Write(IConfiguration settings, IEnumerable<KeptFile> files, bool replace)
    {
        var paths = Paths(settings);
        foreach (var file in files)
        {
            if (!paths.TryGetValue(file.Name, out var path) || (File.Exists(path) && !replace))
                continue;
            if (Path.GetDirectoryName(path) is { Length: > 0 } folder)
                Directory.CreateDirectory(folder);
            DurableFile.Write(path, Encoding.UTF8.GetBytes(file.Content));
        }
    }

    private static Dictionary<string, string> Paths(IConfiguration settings)
    {
        var data = settings["Kontena:DataDirectory"] is { Length: > 0 } given ? given : DefaultDataDirectory;
        return new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["admin.token"] = settings["Kontena:Api:TokenFile"] is { Length: > 0 } file ? file : Path.Combine(data, "admin.token"),
            ["grid.token"] = Path.Combine(data, "grid.token"),
        };
    }
}

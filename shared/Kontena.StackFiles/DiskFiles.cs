using Kontena.StackFiles.Yaml;

namespace Kontena.StackFiles;

/// <summary>The machine's own files.</summary>
public sealed class DiskFiles : IFileReader
{
    public string? ReadText(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
            return null;
        if (file.Length > YamlLimits.FileBytes)
            throw new InvalidDataException($"{path} has {file.Length:N0} bytes; at most {YamlLimits.FileBytes:N0} are read");
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{path} can't be read: {failure.Message}", failure);
        }
    }
}

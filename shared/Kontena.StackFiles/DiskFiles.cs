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
        try
        {
            // The length of a device or a pipe says nothing: what counts is what can be read.
            using var content = file.OpenRead();
            var bytes = new byte[YamlLimits.FileBytes + 1];
            var read = content.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (read > YamlLimits.FileBytes)
                throw new InvalidDataException($"{path} has over {YamlLimits.FileBytes:N0} bytes, the most that are read; is it the right file?");
            using var text = new StreamReader(new MemoryStream(bytes, 0, read), detectEncodingFromByteOrderMarks: true);
            return text.ReadToEnd();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{path} can't be read: {failure.Message}", failure);
        }
    }
}

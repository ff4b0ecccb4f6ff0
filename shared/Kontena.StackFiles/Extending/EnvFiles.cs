using Kontena.StackFiles.Yaml;

namespace Kontena.StackFiles.Extending;

/// <summary><c>env_file</c>: lines of <c>KEY=value</c>, blank lines and those that start with # left out; the first file that names a key wins (stack-file.md §8.1).</summary>
internal static class EnvFiles
{
    public static IReadOnlyList<YamlNode> Read(YamlNode envFile, LoadedFile file, IFileReader reader, string path, Remarks remarks)
    {
        IReadOnlyList<YamlNode> names = envFile switch
        {
            YamlScalar => [envFile],
            YamlList list => list.Items,
            _ => [],
        };
        if (names.Count == 0 || names.Any(name => name is not YamlScalar { AsNumber: null }))
        {
            remarks.Error(envFile.Place, path, $"expected a path or a list of paths, found {envFile.Kind}");
            return [];
        }

        var entries = new List<YamlNode>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in names.Cast<YamlScalar>())
        {
            if (Text(file.Resolve(name.Text), name, reader, path, remarks) is not { } text)
                continue;
            var lines = text.ReplaceLineEndings("\n").Split('\n');
            for (var line = 0; line < lines.Length; line++)
            {
                var entry = lines[line].Trim();
                if (entry.Length == 0 || entry.StartsWith('#'))
                    continue;
                if (!entry.Contains('='))
                    entry += "=";
                if (seen.Add(entry.Split('=')[0]))
                    entries.Add(new YamlScalar(new Place(name.Text, line + 1, 1), entry, Plain: false));
            }
        }

        return entries;
    }

    private static string? Text(string path, YamlScalar name, IFileReader reader, string key, Remarks remarks)
    {
        try
        {
            if (reader.ReadText(path) is { } text)
                return text;
            remarks.Error(name.Place, key, $"no such file: {path}");
        }
        catch (InvalidDataException failure)
        {
            remarks.Error(name.Place, key, failure.Message);
        }

        return null;
    }
}

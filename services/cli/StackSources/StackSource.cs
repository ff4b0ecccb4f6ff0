using Kontena.StackFiles;

namespace Kontena.Cli.StackSources;

/// <summary>Where a stack file comes from (stack-file.md §1).</summary>
internal static class StackSource
{
    /// <summary>Fails with the reason when there is no such file.</summary>
    public static void RequireFile(CliEnvironment environment, string source)
    {
        if (File.Exists(Path.Combine(environment.WorkingDirectory, source))) return;
        var remedy = source.Contains("://", StringComparison.Ordinal)
            ? "Stack files are read from this machine: download it and give its path."
            : Directory.Exists(Path.Combine(environment.WorkingDirectory, source))
                ? $"That is a directory. Perhaps: {Path.Combine(source, "kontena.yml")}"
                : $"Give the path of a stack file; this was looked for in {environment.WorkingDirectory}.";
        throw new CliException($"{source} not found: no such file", remedy: remedy);
    }

    /// <summary>The values in a file of <c>--values-from</c>.</summary>
    public static IReadOnlyDictionary<string, string> ReadValues(CliEnvironment environment, string path)
    {
        string? text;
        try
        {
            text = new WorkingDirectoryFiles(environment.WorkingDirectory).ReadText(path);
        }
        catch (InvalidDataException error)
        {
            throw new CliException(error.Message);
        }

        if (text is null) throw new CliException($"{path} not found: no such file", remedy: "--values-from wants a YAML file of variables and values.");
        var mistakes = StackValues.Read(text, path, out var values);
        return values ?? throw new CliException($"{path} is not a file of values:", [.. mistakes.Select(mistake => $"\t{mistake}")]);
    }
}

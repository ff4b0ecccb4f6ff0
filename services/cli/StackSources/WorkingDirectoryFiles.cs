using Kontena.StackFiles;

namespace Kontena.Cli.StackSources;

/// <summary>Files by paths relative to the working directory of this invocation.</summary>
internal sealed class WorkingDirectoryFiles(string directory) : IFileReader
{
    private readonly DiskFiles disk = new();

    public string? ReadText(string path) => disk.ReadText(Path.Combine(directory, path));
}

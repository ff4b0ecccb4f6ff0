using System.Globalization;
using System.Text;
using Kontena.Core.Files;

namespace Kontena.NodeAgent.Secrets;

/// <summary>Files of secrets in memory, a directory per instance and revision of its service, which the container of that revision sees as <c>/run/secrets</c>. Gone with a
/// reboot, and written anew before a container starts.</summary>
/// <remarks>Nobody on the node but root comes through the directory above; within a container whoever the image runs as may read them. By revision, so that a container
/// keeps its files while its successor with other ones is made.</remarks>
internal sealed class SecretFiles(NodeAgentOptions options)
{
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Passable = Readable | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    public string DirectoryOf(string instanceId, int revision) =>
        Path.Combine(options.SecretsDirectory, instanceId, revision.ToString(CultureInfo.InvariantCulture));

    /// <summary>Whether all of these are there.</summary>
    public bool Has(string instanceId, int revision, IEnumerable<string> names) =>
        names.All(name => File.Exists(Path.Combine(DirectoryOf(instanceId, revision), name)));

    /// <summary>Writes the files; nothing is done without any. The directory stays the same one, as a container may have it mounted.</summary>
    /// <returns>Why it could not; null when it did.</returns>
    public string? Put(string instanceId, int revision, IReadOnlyList<SecretFile> files)
    {
        if (files.Count == 0)
            return null;
        try
        {
            DurableFile.MakeDirectory(options.SecretsDirectory);
            // Before anything is written.
            if (new DriveInfo(options.SecretsDirectory).DriveFormat is not ("tmpfs" or "ramfs") and var format)
                return $"files of secrets are kept in memory only, and {options.SecretsDirectory} is on {format}. Name a directory on tmpfs with {NodeAgentOptions.SecretsDirectoryKey}";
            var directory = DirectoryOf(instanceId, revision);
            Directory.CreateDirectory(directory);
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(directory, Passable);
            foreach (var file in files)
                Write(Path.Combine(directory, file.Name), Encoding.UTF8.GetBytes(file.Content));
            return null;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return $"the files of its secrets can't be written to {options.SecretsDirectory}: {problem.Message}";
        }
    }

    /// <summary>The container of that revision has gone.</summary>
    /// <returns>Why they could not be removed; null when nothing of them is there.</returns>
    public string? Remove(string instanceId, int revision) => Delete(DirectoryOf(instanceId, revision));

    /// <summary>The instance has gone from this node.</summary>
    /// <inheritdoc cref="Remove"/>
    public string? RemoveAll(string instanceId) => Delete(Path.Combine(options.SecretsDirectory, instanceId));

    private static string? Delete(string directory)
    {
        try
        {
            if (Directory.Exists(directory))
                Directory.Delete(directory, recursive: true);
            return null;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return $"the files of its secrets can't be removed from {directory}: {problem.Message}";
        }
    }

    private static void Write(string path, byte[] content)
    {
        if (File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(content))
            return;
        DurableFile.Write(path, content, Readable);
        // Whatever the agent's umask takes away.
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, Readable);
    }
}

using System.Formats.Tar;
using Kontena.Docker.Builds;

namespace Kontena.Docker;

/// <summary>A directory that can't be sent to a build; the message says what is wrong and where.</summary>
public sealed class BuildContextException(string message) : Exception(message);

/// <summary>The files of a build, as the engine wants them: one tar of the directory, without what <c>.dockerignore</c> names.</summary>
public static class BuildContext
{
    /// <summary>Largest tar unless the caller says otherwise: a larger one is nearly always a forgotten <c>.dockerignore</c>.</summary>
    public const long DefaultMaxBytes = 2L * 1024 * 1024 * 1024;

    private const int MaxEntries = 500_000;

    /// <summary>
    /// Tars the directory into a temporary file, which is deleted when the stream is disposed. Links are kept as links and never
    /// followed; sockets, pipes and devices come as empty files; everything belongs to root, as the Docker CLI sends it.
    /// </summary>
    /// <param name="dockerfile">Path of the Dockerfile within the directory; sent even when ignored.</param>
    /// <exception cref="BuildContextException">No such directory or Dockerfile, a file that can't be read, or over the limit.</exception>
    public static async Task<Stream> OpenAsync(
        string directory, string dockerfile = "Dockerfile", long maxBytes = DefaultMaxBytes, CancellationToken cancellationToken = default)
    {
        var root = Path.GetFullPath(directory);
        if (!Directory.Exists(root)) throw new BuildContextException($"There is no directory {root} to build from.");
        var dockerfilePath = Path.GetRelativePath(root, Path.GetFullPath(dockerfile, root)).Replace('\\', '/');
        if (dockerfilePath.StartsWith("../", StringComparison.Ordinal))
            throw new BuildContextException($"The Dockerfile {dockerfile} lies outside of the build directory {root}.");
        if (!File.Exists(Path.Combine(root, dockerfilePath)))
            throw new BuildContextException($"There is no {dockerfile} in {root}. Add one, or name it with 'dockerfile'.");

        var ignore = DockerIgnore.Read(root);
        var file = NewTemporaryFile();
        try
        {
            await using (var tar = new TarWriter(file, TarEntryFormat.Pax, leaveOpen: true))
            {
                var entries = 0;
                foreach (var path in Paths(root, "", ignore, dockerfilePath))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (++entries > MaxEntries) throw new BuildContextException($"{root} holds more than {MaxEntries} files. Name what the build does not need in {DockerIgnore.FileName}.");
                    await AddAsync(tar, root, path, room: maxBytes - file.Length, cancellationToken);
                }
            }

            if (file.Length > maxBytes) throw TooLarge(root, maxBytes);
            file.Position = 0;
            return file;
        }
        catch (TooLargeException)
        {
            await file.DisposeAsync();
            throw TooLarge(root, maxBytes);
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    /// <summary>What is to be sent, parents first, in the order of names: the same tree gives the same tar.</summary>
    private static IEnumerable<string> Paths(string root, string below, DockerIgnore ignore, string dockerfile)
    {
        FileSystemInfo[] found;
        try
        {
            found = new DirectoryInfo(Path.Combine(root, below)).GetFileSystemInfos();
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new BuildContextException($"{Path.Combine(root, below)} can't be read: {e.Message}");
        }

        Array.Sort(found, static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        foreach (var info in found)
        {
            var path = below.Length == 0 ? info.Name : $"{below}/{info.Name}";
            var needed = path == dockerfile || path == DockerIgnore.FileName;
            var wanted = needed || !ignore.Ignores(path);
            if (wanted) yield return path;

            var isDirectory = info is DirectoryInfo && info.LinkTarget is null;
            if (!isDirectory || (!wanted && !ignore.TakesBack && !dockerfile.StartsWith(path + '/', StringComparison.Ordinal))) continue;
            foreach (var inside in Paths(root, path, ignore, dockerfile)) yield return inside;
        }
    }

    private static async Task AddAsync(TarWriter tar, string root, string path, long room, CancellationToken cancellationToken)
    {
        var full = Path.Combine(root, path);
        try
        {
            FileSystemInfo info = Directory.Exists(full) ? new DirectoryInfo(full) : new FileInfo(full);
            if (info.LinkTarget is { } target)
            {
                await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.SymbolicLink, path) { LinkName = target }, cancellationToken);
            }
            else if (info is DirectoryInfo)
            {
                await tar.WriteEntryAsync(
                    new PaxTarEntry(TarEntryType.Directory, path + "/") { Mode = ModeOf(info), ModificationTime = info.LastWriteTimeUtc }, cancellationToken);
            }
            else
            {
                var length = ((FileInfo)info).Length;
                if (length > room) throw new TooLargeException();
                // What has no length is not opened: a pipe would make us wait for ever, and there is nothing to read.
                await using var data = length == 0 ? null : new FileStream(full, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 64 * 1024, useAsync: true);
                await tar.WriteEntryAsync(
                    new PaxTarEntry(TarEntryType.RegularFile, path) { Mode = ModeOf(info), ModificationTime = info.LastWriteTimeUtc, DataStream = data },
                    cancellationToken);
            }
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new BuildContextException(
                $"{full} can't be read: {e.Message}. Make it readable, or name it in {DockerIgnore.FileName} if the build does not need it.");
        }
    }

    /// <summary>For our eyes only: a source tree may hold what others on this machine shall not read.</summary>
    private static FileStream NewTemporaryFile()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
        };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(Path.Combine(Path.GetTempPath(), "kontena-build-" + Path.GetRandomFileName()), options);
    }

    /// <summary>Windows knows no modes: there everything is executable, as with the Docker CLI.</summary>
    private static UnixFileMode ModeOf(FileSystemInfo info) => OperatingSystem.IsWindows() ? (UnixFileMode)0b111_101_101 : info.UnixFileMode;

    private static BuildContextException TooLarge(string root, long maxBytes) => new(
        $"The build directory {root} is over the limit of {maxBytes / 1024 / 1024} MiB. Name what the build does not need in {DockerIgnore.FileName}.");

    private sealed class TooLargeException : Exception;
}

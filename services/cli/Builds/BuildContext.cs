using System.Formats.Tar;

namespace Kontena.Cli.Builds;

/// <summary>Packs a directory as the tar the engine builds from. Owners are left out, so that the same files give the same build.</summary>
internal static class BuildContext
{
    /// <summary>Files in one context; more is a mistyped directory.</summary>
    public const int MaxFiles = 200_000;

    private const UnixFileMode DirectoryMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>A stream at its start; its temporary file goes when it is closed.</summary>
    /// <param name="dockerfile">Relative to the directory; always packed, like <c>.dockerignore</c>.</param>
    public static async Task<Stream> PackAsync(string directory, string dockerfile, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(directory)) throw new CliException($"The build directory {directory} does not exist");
        if (!File.Exists(Path.Combine(directory, dockerfile)))
            throw new CliException($"There is no {dockerfile} in {directory}", remedy: "Set build: {context: …, dockerfile: …} in the stack file.");

        var ignoreFile = Path.Combine(directory, ".dockerignore");
        var rules = File.Exists(ignoreFile) ? IgnoreRules.Parse(await File.ReadAllTextAsync(ignoreFile, cancellationToken)) : IgnoreRules.None;
        var temporary = new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
        };
        if (!OperatingSystem.IsWindows()) temporary.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var packed = new FileStream(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), temporary);
        try
        {
            await using (var tar = new TarWriter(packed, TarEntryFormat.Pax, leaveOpen: true))
            {
                var count = 0;
                foreach (var (path, name) in Files(directory, "", rules, Always(dockerfile)))
                {
                    if (++count > MaxFiles) throw new CliException($"The build directory {directory} holds more than {MaxFiles:N0} files", remedy: "Leave some out with a .dockerignore.");
                    await WriteAsync(tar, path, name, cancellationToken);
                }
            }

            packed.Position = 0;
            return packed;
        }
        catch
        {
            await packed.DisposeAsync();
            throw;
        }
    }

    /// <summary>What goes in, parents before children, in the order of names.</summary>
    internal static IEnumerable<(string Path, string Name)> Files(string directory, string prefix, IgnoreRules rules, IReadOnlySet<string> always)
    {
        foreach (var path in Directory.EnumerateFileSystemEntries(directory).Order(StringComparer.Ordinal))
        {
            var name = prefix + Path.GetFileName(path);
            var isDirectory = Directory.Exists(path) && new FileInfo(path).LinkTarget is null;
            var ignored = rules.Ignores(name) && !always.Contains(name);
            if (!ignored) yield return (path, name);
            if (!isDirectory || (ignored && !rules.HasExceptions && !always.Any(item => item.StartsWith($"{name}/", StringComparison.Ordinal)))) continue;
            foreach (var inner in Files(path, $"{name}/", rules, always)) yield return inner;
        }
    }

    internal static IReadOnlySet<string> Always(string dockerfile) =>
        new HashSet<string> { dockerfile.Replace("./", "", StringComparison.Ordinal), ".dockerignore" };

    private static async Task WriteAsync(TarWriter tar, string path, string name, CancellationToken cancellationToken)
    {
        var file = new FileInfo(path);
        if (file.LinkTarget is { } target)
        {
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.SymbolicLink, name) { LinkName = target, ModificationTime = file.LastWriteTimeUtc }, cancellationToken);
            return;
        }

        if (Directory.Exists(path))
        {
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.Directory, $"{name}/") { Mode = DirectoryMode, ModificationTime = file.LastWriteTimeUtc }, cancellationToken);
            return;
        }

        if (!file.Exists || (file.Attributes & FileAttributes.Device) != 0) return;
        await using var content = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        await tar.WriteEntryAsync(
            new PaxTarEntry(TarEntryType.RegularFile, name)
            {
                Mode = OperatingSystem.IsWindows() ? DirectoryMode : File.GetUnixFileMode(path),
                ModificationTime = file.LastWriteTimeUtc,
                DataStream = content,
            },
            cancellationToken);
    }
}

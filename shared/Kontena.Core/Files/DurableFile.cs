using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Kontena.Core.Files;

/// <summary>Writes a file so that a crash at any moment leaves the old or the new content, never a part of either, and from its first byte on for its owner alone.</summary>
/// <remarks>The content goes to a draft beside the target, is flushed, and takes the target's name; the directory is flushed too, so that the name lasts. What fails leaves no
/// draft; one that a crash left is replaced by the next write.</remarks>
public static class DurableFile
{
    /// <summary>Owner may read and write; nobody else may look.</summary>
    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const int ReadOnly = 0; // O_RDONLY
    private const int FileExists = 17; // EEXIST

    /// <summary>A directory that nobody else may look into; those above it that are missing are made as usual.</summary>
    public static void MakeDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, OwnerOnly | UnixFileMode.UserExecute);
    }

    /// <summary>Writes a file that this process alone writes, one call at a time.</summary>
    /// <param name="path">The target; its directory is there.</param>
    /// <param name="content">All of it.</param>
    /// <param name="mode">Of the new file; <see cref="OwnerOnly"/> but for what everybody may read.</param>
    public static void Write(string path, ReadOnlySpan<byte> content, UnixFileMode mode = OwnerOnly) => Replace(path, path + ".part", content, mode);

    /// <inheritdoc cref="Write"/>
    public static Task WriteAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        WriteAsync(path, stream => stream.WriteAsync(content, cancellationToken).AsTask());

    /// <summary>The same for content that is made while it is written. When that fails the target stays as it was.</summary>
    public static async Task WriteAsync(string path, Func<Stream, Task> write)
    {
        var draft = path + ".part";
        File.Delete(draft);
        try
        {
            await using (var stream = OpenNew(draft, OwnerOnly))
            {
                await write(stream);
                stream.Flush(flushToDisk: true);
            }

            Move(draft, path);
        }
        catch
        {
            File.Delete(draft);
            throw;
        }
    }

    /// <summary>Writes a file that other processes may write at the same moment; the last one stands. A crash may leave a draft behind.</summary>
    public static void WriteAmongOthers(string path, ReadOnlySpan<byte> content) => Replace(path, OwnDraft(path), content, OwnerOnly);

    /// <summary>Makes a file that other processes may make at the same moment; the first one stands.</summary>
    /// <returns>False when it was there already: then it is left as it is.</returns>
    public static bool Create(string path, ReadOnlySpan<byte> content)
    {
        var draft = OwnDraft(path);
        try
        {
            Fill(draft, content, OwnerOnly);
            if (!TakeName(draft, path))
                return false;
        }
        finally
        {
            File.Delete(draft);
        }

        FlushDirectory(path);
        return true;
    }

    /// <summary>Gives a file another name in the same directory, in place of what has that name.</summary>
    public static void Move(string from, string to)
    {
        File.Move(from, to, overwrite: true);
        FlushDirectory(to);
    }

    public static void Delete(string path)
    {
        File.Delete(path);
        FlushDirectory(path);
    }

    private static void Replace(string path, string draft, ReadOnlySpan<byte> content, UnixFileMode mode)
    {
        File.Delete(draft);
        try
        {
            Fill(draft, content, mode);
            Move(draft, path);
        }
        catch
        {
            File.Delete(draft);
            throw;
        }
    }

    private static void Fill(string draft, ReadOnlySpan<byte> content, UnixFileMode mode)
    {
        using var stream = OpenNew(draft, mode);
        stream.Write(content);
        stream.Flush(flushToDisk: true);
    }

    /// <summary>Never one that is there: it would keep its mode, and may be a link to elsewhere.</summary>
    private static FileStream OpenNew(string path, UnixFileMode mode)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = mode;
        return new FileStream(path, options);
    }

    /// <summary>By chance and not by process id: processes of several containers may share a directory and a number.</summary>
    private static string OwnDraft(string path) => $"{path}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}.part";

    /// <summary>A second name, unless somebody has it. (File.Move looks first and renames then.)</summary>
    private static bool TakeName(string draft, string path)
    {
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException("files that several processes make are made on Linux");
        if (Link(draft, path) == 0)
            return true;
        var error = Marshal.GetLastPInvokeError();
        if (error != FileExists)
            throw new IOException($"{path} can't be made: {Marshal.GetPInvokeErrorMessage(error)}");
        return false;
    }

    /// <summary>The base library can't open a directory, so this asks libc. A file system that refuses loses nothing but the guarantee.</summary>
    private static void FlushDirectory(string file)
    {
        if (OperatingSystem.IsWindows())
            return;
        var descriptor = Open(Path.GetDirectoryName(Path.GetFullPath(file))!, ReadOnly);
        if (descriptor < 0)
            return;
        _ = Fsync(descriptor);
        _ = Close(descriptor);
    }

    [DllImport("libc", EntryPoint = "open", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open([MarshalAs(UnmanagedType.LPStr)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Fsync(int descriptor);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int descriptor);

    [DllImport("libc", EntryPoint = "link", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Link([MarshalAs(UnmanagedType.LPStr)] string existing, [MarshalAs(UnmanagedType.LPStr)] string name);
}

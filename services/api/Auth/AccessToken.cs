using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Kontena.Hosting;

namespace Kontena.Api.Auth;

/// <summary>The administrator's token: made at the first start, kept in a file that only its owner may read, held in memory as a hash.</summary>
internal sealed class AccessToken
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const int MinimumLength = 16;
    private const int FileExists = 17; // EEXIST
    private readonly byte[] _hash;

    /// <exception cref="SettingException">The file can't be read or made, or holds no token.</exception>
    public AccessToken(ApiOptions options)
    {
        var token = Read(options.TokenFile) ?? Create(options.TokenFile);
        _hash = SHA256.HashData(Encoding.UTF8.GetBytes(token));
    }

    /// <summary>Compares hashes in constant time: neither length nor content of the true token shows in how long it takes.</summary>
    public bool Matches(string presented) =>
        CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(presented)), _hash);

    private static string? Read(string file)
    {
        try
        {
            var token = File.ReadAllText(file).Trim();
            if (token.Length < MinimumLength)
                throw Unusable(file, $"holds {token.Length} characters, too few for a token");
            return token;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unusable(file, $"can't be read: {exception.Message}");
        }
    }

    private static string Create(string file)
    {
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        // Of this attempt alone: other processes, also ones of the same number in another container, may be at it too.
        var draft = $"{file}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}.new";
        try
        {
            if (Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder)
                Directory.CreateDirectory(folder);
            var creation = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                creation.UnixCreateMode = OwnerOnly;
            using (var stream = new FileStream(draft, creation))
            {
                stream.Write(Encoding.UTF8.GetBytes(token + "\n"));
                stream.Flush(flushToDisk: true);
            }

            // Appears whole or not at all, and never over one that another process has just made. (File.Move looks first and renames then.)
            if (Link(draft, file) != 0)
            {
                var error = Marshal.GetLastPInvokeError();
                return error == FileExists && Read(file) is { } other
                    ? other
                    : throw Unusable(file, $"can't be made: {Marshal.GetPInvokeErrorMessage(error)}");
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unusable(file, $"can't be made: {exception.Message}");
        }
        finally
        {
            if (File.Exists(draft))
                File.Delete(draft);
        }

        Console.Out.WriteLine($"administrator token, shown this once and kept in {file}: {token}");
        return token;
    }

    [DllImport("libc", EntryPoint = "link", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Link([MarshalAs(UnmanagedType.LPStr)] string existing, [MarshalAs(UnmanagedType.LPStr)] string name);

    private static SettingException Unusable(string file, string problem) =>
        new("Kontena:Api:TokenFile", $"names {file}, which {problem}", "/var/lib/kontena/admin.token");
}

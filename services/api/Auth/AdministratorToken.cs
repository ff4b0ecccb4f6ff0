using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Kontena.Core.Files;
using Kontena.Hosting;

namespace Kontena.Api.Auth;

/// <summary>The administrator's token: made at the first start, kept in a file that only its owner may read, held in memory as a hash.</summary>
internal sealed class AdministratorToken
{
    private const int MinimumLength = 16;
    private readonly byte[] _hash;

    /// <exception cref="SettingException">The file can't be read or made, or holds no token.</exception>
    public AdministratorToken(ApiOptions options)
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
        try
        {
            if (Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder)
                Directory.CreateDirectory(folder);
            // Another api may be at it too: the first one's token is everybody's.
            if (!DurableFile.Create(file, Encoding.UTF8.GetBytes(token + "\n")))
                return Read(file) ?? throw Unusable(file, "was there and is gone");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unusable(file, $"can't be made: {exception.Message}");
        }

        Console.Out.WriteLine($"administrator token, shown this once and kept in {file}: {token}");
        return token;
    }

    private static SettingException Unusable(string file, string problem) =>
        new("Kontena:Api:TokenFile", $"names {file}, which {problem}", "/var/lib/kontena/admin.token");
}

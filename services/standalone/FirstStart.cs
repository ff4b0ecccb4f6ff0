using System.Security.Cryptography;
using System.Text;
using Kontena.Core.Files;
using Kontena.Hosting;
using Microsoft.Extensions.Configuration;

namespace Kontena.Standalone;

/// <summary>What the parts of one process must agree on before they start: one grid, and the token its own agent joins with.</summary>
/// <remarks>Settings that are given win. The token is made once, kept in <c>grid.token</c> (mode 0600) in the data directory, and never printed.</remarks>
internal static class FirstStart
{
    internal const string DefaultDataDirectory = "/var/lib/kontena";
    private const string DataKey = "Kontena:DataDirectory";

    /// <exception cref="SettingException">The data directory can't be used.</exception>
    public static void Prepare(IConfiguration settings)
    {
        var data = Given(settings, DataKey) ?? DefaultDataDirectory;
        settings[DataKey] = data;
        settings["Kontena:Grid:Name"] = Given(settings, "Kontena:Grid:Name") ?? "default";
        var token = Given(settings, "Kontena:Grid:Token") ?? KeptToken(data);
        settings["Kontena:Grid:Token"] = token;
        settings["Kontena:Agent:Token"] = Given(settings, "Kontena:Agent:Token") ?? token;
    }

    private static string KeptToken(string data)
    {
        try
        {
            Directory.CreateDirectory(data);
            var file = Path.Combine(data, "grid.token");
            if (File.Exists(file) && File.ReadAllText(file).Trim() is { Length: >= 16 } kept)
                return kept;
            var token = Convert.ToBase64String(RandomNumberGenerator.GetBytes(48));
            // Half a token after a power cut would lock the agent out of its grid.
            DurableFile.Write(file, Encoding.ASCII.GetBytes(token + "\n"));
            return token;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SettingException(DataKey, $"is '{data}', which can't be used: {exception.Message}", "a directory this user may write, such as ~/.local/share/kontena");
        }
    }

    private static string? Given(IConfiguration settings, string key) => settings[key] is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;
}

using System.Text.Json;
using Kontena.Core.Files;

namespace Kontena.Cli.Settings;

/// <summary>Reads and writes the settings. The file holds tokens, so only its owner may read it (0600).</summary>
internal sealed class SettingsFile(CliEnvironment environment)
{
    public string FilePath { get; } =
        environment.Text("KONTENA_CONFIG") ?? Path.Combine(environment.HomeDirectory, ".kontena_client.json");

    public ClientSettings Load()
    {
        byte[] content;
        try
        {
            content = File.ReadAllBytes(FilePath);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return new ClientSettings();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"Cannot read the settings in {FilePath}: {error.Message}");
        }

        try
        {
            var settings = JsonSerializer.Deserialize(content, SettingsJson.Default.ClientSettings) ?? new ClientSettings();
            return Tidy(settings);
        }
        catch (JsonException error)
        {
            throw new CliException(
                $"The settings in {FilePath} are not valid JSON (line {error.LineNumber + 1})",
                remedy: $"Repair the file, or move it away and run: kontena master login");
        }
    }

    /// <summary>Never written while <c>KONTENA_URL</c> is set: that master is not the person's choice but the environment's.</summary>
    public void Save(ClientSettings settings)
    {
        if (environment.Text("KONTENA_URL") is not null) return;
        var directory = Path.GetDirectoryName(FilePath);
        if (!string.IsNullOrEmpty(directory)) Directory.CreateDirectory(directory);

        try
        {
            DurableFile.WriteAmongOthers(FilePath, JsonSerializer.SerializeToUtf8Bytes(settings, SettingsJson.Default.ClientSettings));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"Cannot write the settings to {FilePath}: {error.Message}", remedy: "Choose another file with KONTENA_CONFIG=PATH");
        }
    }

    private static ClientSettings Tidy(ClientSettings settings)
    {
        // The form before 2015: one unnamed server.
        if (settings.Servers.Count == 0 && settings.Others?.Remove("server", out var legacy) == true && legacy.ValueKind == JsonValueKind.Object)
        {
            var entry = legacy.Deserialize(SettingsJson.Default.MasterEntry) ?? new MasterEntry();
            entry.Name = "default";
            settings.Servers.Add(entry);
            settings.CurrentServer ??= "default";
        }

        var taken = new HashSet<string>();
        foreach (var server in settings.Servers)
        {
            var name = server.Name;
            for (var number = 2; !taken.Add(server.Name); number++) server.Name = $"{name}-{number}";
        }

        return settings;
    }
}

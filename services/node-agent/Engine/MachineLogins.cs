using System.Text;
using System.Text.Json;
using Kontena.Contracts.Instances;
using Kontena.Core.Registries;

namespace Kontena.NodeAgent.Engine;

/// <summary>The registry logins of this machine, as <c>docker login</c> keeps them: used for a pull whose order brings none.</summary>
/// <remarks>
/// Read anew for every pull, so that a login made while the agent runs counts at once. Credential helpers are programs of a person's
/// session and are not called; an entry that only names one gives no login.
/// </remarks>
internal sealed class MachineLogins(string? file)
{
    private const long LargestFile = 1024 * 1024;

    /// <summary>The login for an image's registry; null when there is none, or the file can't be read.</summary>
    public RegistryCredentials? For(string image)
    {
        if (file is null || new FileInfo(file) is not { Exists: true, Length: <= LargestFile })
            return null;
        try
        {
            using var config = JsonDocument.Parse(File.ReadAllBytes(file));
            if (!config.RootElement.TryGetProperty("auths", out var logins) || logins.ValueKind != JsonValueKind.Object)
                return null;
            var server = RegistryNames.OfImage(image);
            return logins.EnumerateObject()
                .Where(login => RegistryNames.OfHost(HostOf(login.Name)) == server)
                .Select(login => Read(server, login.Value))
                .FirstOrDefault(login => login is not null);
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return null; // Somebody else's file in a shape we don't know: the pull goes on without a login, and the registry says what it misses.
        }
    }

    /// <summary>A key is a host, or an address with it: with or without a scheme, with or without a path.</summary>
    private static string HostOf(string key)
    {
        var scheme = key.IndexOf("://", StringComparison.Ordinal);
        return (scheme < 0 ? key : key[(scheme + 3)..]).Split('/')[0];
    }

    /// <summary>Null for an entry that holds no login or can't be read; it hides no other.</summary>
    private static RegistryCredentials? Read(string server, JsonElement login)
    {
        if (login.ValueKind != JsonValueKind.Object || !login.TryGetProperty("auth", out var auth)
            || auth.ValueKind != JsonValueKind.String || !auth.TryGetBytesFromBase64(out var bytes))
        {
            return null;
        }

        var pair = Encoding.UTF8.GetString(bytes);
        var colon = pair.IndexOf(':', StringComparison.Ordinal);
        return colon <= 0 ? null : new RegistryCredentials(server, pair[..colon], pair[(colon + 1)..].TrimEnd('\0'));
    }
}

using System.Text.Json;
using Kontena.Docker.Wire;

namespace Kontena.Docker.Images;

/// <summary>The header that carries a registry login to the engine.</summary>
internal static class RegistryAuth
{
    /// <summary>What a push sends without a login: the header must be there.</summary>
    public const string Anonymous = "e30=";

    public static string Header(RegistryLogin login)
    {
        var wire = new WireRegistryAuth { Username = login.Username, Password = login.Password, Email = login.Email, ServerAddress = login.Server };
        // Go's base64url wants the padding that .NET's leaves out.
        return Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(wire, EngineJson.Default.WireRegistryAuth)).Replace('+', '-').Replace('/', '_');
    }
}

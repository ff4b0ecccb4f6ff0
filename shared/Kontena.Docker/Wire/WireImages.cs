using System.Text.Json.Serialization;

namespace Kontena.Docker.Wire;

internal sealed record WireImage(string? Id, List<string>? RepoDigests, WireImageConfig? Config);

internal sealed record WireImageSummary(string? Id, List<string>? RepoTags, List<string>? RepoDigests, long Size);

internal sealed record WireImageConfig(List<string>? Entrypoint, List<string>? Cmd, Dictionary<string, WireNothing?>? Volumes, List<string>? Env);

/// <summary>What <c>X-Registry-Auth</c> holds, in base64url.</summary>
internal sealed record WireRegistryAuth
{
    [JsonPropertyName("username")]
    public required string Username { get; init; }

    [JsonPropertyName("password")]
    public required string Password { get; init; }

    [JsonPropertyName("email")]
    public string? Email { get; init; }

    [JsonPropertyName("serveraddress")]
    public required string ServerAddress { get; init; }
}

/// <summary>One line of the answer to a pull, push or build.</summary>
internal sealed record WireProgress
{
    [JsonPropertyName("stream")]
    public string? Stream { get; init; }

    [JsonPropertyName("status")]
    public string? Status { get; init; }

    [JsonPropertyName("id")]
    public string? Id { get; init; }

    [JsonPropertyName("error")]
    public string? Error { get; init; }

    [JsonPropertyName("errorDetail")]
    public WireErrorDetail? ErrorDetail { get; init; }

    [JsonPropertyName("aux")]
    public WireAux? Aux { get; init; }
}

internal sealed record WireErrorDetail([property: JsonPropertyName("message")] string? Message);

/// <summary><c>ID</c> is the built image.</summary>
internal sealed record WireAux([property: JsonPropertyName("ID")] string? ImageId);

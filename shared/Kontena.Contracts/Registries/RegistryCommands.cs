using Kontena.Contracts.Vault;

namespace Kontena.Contracts.Registries;

/// <summary>Keep the login at a registry; one of the same registry is replaced. Answered with <see cref="VaultWritten"/>, whose result has the name as its id.</summary>
public sealed record WriteRegistry
{
    public required string Grid { get; init; }
    public string? Url { get; init; }
    public string? Username { get; init; }
    public string? Email { get; init; }

    /// <summary>For <see cref="RegistryPlaces.Writing"/>; null: none was given. At most 16 KiB of UTF-8.</summary>
    public SealedValue? Password { get; init; }
}

/// <summary>Answered with <see cref="Commands.CommandResult"/>.</summary>
public sealed record DeleteRegistry
{
    public required string Grid { get; init; }
    public required string Name { get; init; }
}

/// <summary>What a password on the bus is bound to: sealed for one of these it opens for no other.</summary>
public static class RegistryPlaces
{
    public static string Writing(string grid, string? url) => $"write/registry/{grid}/{url}";

    /// <param name="questionId"><see cref="AskRegistryLogin.QuestionId"/>.</param>
    /// <param name="registry"><see cref="ExternalRegistry.Name"/>.</param>
    public static string Telling(string grid, string nodeId, string questionId, string registry) => $"tell/registry/{grid}/{nodeId}/{questionId}/{registry}";
}

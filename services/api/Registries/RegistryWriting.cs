using Kontena.Api.Http;
using Kontena.Contracts.Http;
using Kontena.Contracts.Registries;
using Kontena.Contracts.Vault;
using Kontena.Core.Vault;

namespace Kontena.Api.Registries;

/// <summary>Sends a login to the vault: over the bus its password is sealed for grid-manager alone.</summary>
internal sealed class RegistryWriting(Commands commands)
{
    /// <returns>The registry's name.</returns>
    /// <exception cref="HttpRefusal">422 with every mistake, 503 when the vault is closed.</exception>
    public async Task<string> WriteAsync(string grid, ExternalRegistryRequest request, CancellationToken cancellationToken)
    {
        var door = await commands.AskGridManagerAsync<AskVaultDoor, VaultDoor>(new AskVaultDoor(), cancellationToken);
        RefuseWhenClosed(door.Closed);
        var command = new WriteRegistry
        {
            Grid = grid,
            Url = request.Url,
            Username = request.Username,
            Email = request.Email,
            Password = request.Password is { } password ? BusSeal.Seal(door.PublicKey!, RegistryPlaces.Writing(grid, request.Url), password) : null,
        };
        var written = await commands.AskGridManagerAsync<WriteRegistry, VaultWritten>(command, cancellationToken);
        RefuseWhenClosed(written.Closed);
        Commands.Require(written.Result);
        return written.Result.CreatedId ?? "";
    }

    private static void RefuseWhenClosed(string? why)
    {
        if (why is not null)
            throw HttpRefusal.Away($"The password can't be kept: {why}");
    }
}

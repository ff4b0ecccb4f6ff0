using Kontena.Api.Http;
using Kontena.Contracts.Commands;
using Kontena.Contracts.Vault;
using Kontena.Core.Vault;

namespace Kontena.Api.Secrets;

/// <summary>Values on their way between a client and the vault: over the bus they are sealed for one reader.</summary>
internal sealed class SecretValues(Commands commands)
{
    /// <summary>The value of a secret for whoever asked. Every reading of a value passes here, so this is where readings are written down.</summary>
    /// <exception cref="HttpRefusal">404 when it went away, 503 when the vault is closed.</exception>
    public async Task<string> ReadAsync(Secret secret, CancellationToken cancellationToken)
    {
        using var own = BusSeal.NewKey();
        var question = new ReadSecret { Grid = secret.Grid, Name = secret.Name, PublicKey = BusSeal.PublicKeyOf(own) };
        var answer = await commands.AskGridManagerAsync<ReadSecret, SecretRead>(question, cancellationToken);
        RefuseWhenClosed(answer.Closed);
        Commands.Require(answer.Result);
        return (answer.Value is { } value ? BusSeal.Open(own, SecretPlaces.Reading(secret.Grid, secret.Name), value) : null)
            ?? throw HttpRefusal.Away("the vault's answer was not meant for this question; try again in a moment");
    }

    /// <returns>What became of it; null when there is none to update.</returns>
    /// <exception cref="HttpRefusal">422 with every mistake, 503 when the vault is closed.</exception>
    public async Task<VaultWritten?> WriteAsync(string grid, string? name, string? value, SecretWriting writing, CancellationToken cancellationToken)
    {
        var door = await commands.AskGridManagerAsync<AskVaultDoor, VaultDoor>(new AskVaultDoor(), cancellationToken);
        RefuseWhenClosed(door.Closed);
        var command = new WriteSecret
        {
            Grid = grid,
            Name = name,
            Value = value is null ? null : BusSeal.Seal(door.PublicKey!, SecretPlaces.Writing(grid, name), value),
            Writing = writing,
        };
        var written = await commands.AskGridManagerAsync<WriteSecret, VaultWritten>(command, cancellationToken);
        RefuseWhenClosed(written.Closed);
        if (written.Result.Outcome == CommandOutcome.NotFound && writing == SecretWriting.Update)
            return null;
        Commands.Require(written.Result);
        return written;
    }

    /// <summary>In the words of an original without a vault key, which its client knows.</summary>
    private static void RefuseWhenClosed(string? why)
    {
        if (why is not null)
            throw HttpRefusal.Away($"Vault not configured: {why}");
    }
}

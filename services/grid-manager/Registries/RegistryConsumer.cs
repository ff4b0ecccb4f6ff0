using Kontena.Contracts.Commands;
using Kontena.Contracts.Registries;
using Kontena.Contracts.Vault;
using Kontena.Core.Vault;
using Kontena.GridManager.Decisions;
using Kontena.GridManager.Vault;
using MassTransit;

namespace Kontena.GridManager.Registries;

/// <summary>Commands about logins at registries. A password comes sealed; it is open only while it is sealed for the store.</summary>
internal sealed class RegistryConsumer(GridLedger ledger, VaultKeys keys) : IConsumer<WriteRegistry>, IConsumer<DeleteRegistry>
{
    public async Task Consume(ConsumeContext<WriteRegistry> context)
    {
        try
        {
            await context.AnswerAsync(await WriteAsync(context.Message, context.CancellationToken));
        }
        catch (VaultClosedException closed)
        {
            await context.AnswerAsync(new VaultWritten { Result = CommandResult.Refused(), Closed = closed.Message });
        }
    }

    public async Task Consume(ConsumeContext<DeleteRegistry> context) =>
        await context.AnswerAsync(await ledger.DecideAsync(
            context.Message.Grid, (grid, _) => DeleteRegistryDecision.Decide(grid, context.Message), context.CancellationToken, withVault: true));

    private async Task<VaultWritten> WriteAsync(WriteRegistry command, CancellationToken cancellationToken)
    {
        var ring = await keys.OpenAsync(cancellationToken);
        using var door = ring.OpenDoor();
        var password = command.Password is null
            ? null
            : BusSeal.Open(door, RegistryPlaces.Writing(command.Grid, command.Url), command.Password) ?? throw new VaultClosedException(VaultConsumer.NotForHere);
        return await ledger.DecideAsync(
            command.Grid,
            (grid, now) => WriteRegistryDecision.Decide(grid, command, password, ring.Seal, now),
            missing => new VaultWritten { Result = CommandResult.NotFound(missing) },
            cancellationToken,
            withVault: true);
    }
}

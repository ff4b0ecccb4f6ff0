using Kontena.Contracts.Commands;
using Kontena.Contracts.Vault;
using Kontena.Core.Vault;
using Kontena.GridManager.Decisions;
using Kontena.State;
using Kontena.State.Documents;
using MassTransit;

namespace Kontena.GridManager.Vault;

/// <summary>Commands and questions about secrets. Values come and go sealed for one reader; here alone they are open, and only while one is worked on.</summary>
internal sealed class VaultConsumer(GridLedger ledger, IStateStore store, VaultKeys keys)
    : IConsumer<AskVaultDoor>, IConsumer<WriteSecret>, IConsumer<ReadSecret>, IConsumer<DeleteSecret>
{
    internal const string NotForHere = "the value was sealed for another key: the vault's keys were just changed, or not all grid-managers have the same key file. Try again in a moment";

    public async Task Consume(ConsumeContext<AskVaultDoor> context)
    {
        try
        {
            await context.AnswerAsync(new VaultDoor { PublicKey = (await keys.OpenAsync(context.CancellationToken)).PublicKey });
        }
        catch (VaultClosedException closed)
        {
            await context.AnswerAsync(new VaultDoor { Closed = closed.Message });
        }
    }

    public async Task Consume(ConsumeContext<WriteSecret> context)
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

    public async Task Consume(ConsumeContext<ReadSecret> context)
    {
        try
        {
            await context.AnswerAsync(await ReadAsync(context.Message, context.CancellationToken));
        }
        catch (VaultClosedException closed)
        {
            await context.AnswerAsync(new SecretRead { Result = CommandResult.Refused(), Closed = closed.Message });
        }
    }

    public async Task Consume(ConsumeContext<DeleteSecret> context) =>
        await context.AnswerAsync(await ledger.DecideAsync(
            context.Message.Grid, (grid, _) => DeleteSecretDecision.Decide(grid, context.Message), context.CancellationToken, withVault: true));

    private async Task<VaultWritten> WriteAsync(WriteSecret command, CancellationToken cancellationToken)
    {
        var ring = await keys.OpenAsync(cancellationToken);
        using var door = ring.OpenDoor();
        var value = command.Value is null
            ? null
            : BusSeal.Open(door, SecretPlaces.Writing(command.Grid, command.Name), command.Value) ?? throw new VaultClosedException(NotForHere);
        return await ledger.DecideAsync(
            command.Grid,
            (grid, now) => WriteSecretDecision.Decide(grid, command, value, ring, ring.Seal, now),
            missing => new VaultWritten { Result = CommandResult.NotFound(missing) },
            cancellationToken,
            withVault: true);
    }

    private async Task<SecretRead> ReadAsync(ReadSecret question, CancellationToken cancellationToken)
    {
        if (await store.GetAsync(StateKeys.Secret, question.Grid, question.Name, cancellationToken) is not { Value: var secret })
            return new SecretRead { Result = CommandResult.NotFound("Not found") };
        if (!BusSeal.IsPublicKey(question.PublicKey))
            return new SecretRead { Result = CommandResult.Refused(FieldError.At("public_key", "is not a key on P-256")) };
        var ring = await keys.OpenAsync(cancellationToken);
        var value = ring.Open(secret);
        // Before the answer: a value that nobody wrote down as read is not given away.
        await ledger.NoteAsync(question.Grid, cancellationToken);
        return new SecretRead { Result = CommandResult.Done(), Value = BusSeal.Seal(question.PublicKey, SecretPlaces.Reading(secret.Grid, secret.Name), value) };
    }
}

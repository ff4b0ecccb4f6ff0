using Kontena.Contracts.Commands;
using Kontena.Contracts.Config;
using Kontena.Contracts.Vault;
using Kontena.Core.Vault;
using Kontena.GridManager.Decisions;
using Kontena.GridManager.Vault;
using Kontena.State;
using Kontena.State.Documents;
using MassTransit;

namespace Kontena.GridManager.Config;

/// <summary>The configuration, and its secrets for who may see them. Needs the vault only when a secret is in it.</summary>
internal sealed class ConfigConsumer(GridLedger ledger, IStateStore store, VaultKeys keys) : IConsumer<ChangeConfig>, IConsumer<ReadConfigSecrets>
{
    private const string NotForHere = "a value was sealed for another key: the vault's keys were just changed, or not all grid-managers have the same key file. Try again in a moment";

    public async Task Consume(ConsumeContext<ChangeConfig> context)
    {
        try
        {
            await context.AnswerAsync(await ChangeAsync(context.Message, context.CancellationToken));
        }
        catch (VaultClosedException closed)
        {
            await context.AnswerAsync(new VaultWritten { Result = CommandResult.Refused(), Closed = closed.Message });
        }
    }

    public async Task Consume(ConsumeContext<ReadConfigSecrets> context)
    {
        try
        {
            await context.AnswerAsync(await ReadAsync(context.Message, context.CancellationToken));
        }
        catch (VaultClosedException closed)
        {
            await context.AnswerAsync(new ConfigSecretsRead { Result = CommandResult.Refused(), Closed = closed.Message });
        }
    }

    private async Task<VaultWritten> ChangeAsync(ChangeConfig command, CancellationToken cancellationToken)
    {
        var ring = command.SetSecrets.Count > 0 ? await keys.OpenAsync(cancellationToken) : null;
        var secrets = new List<ConfigValue>();
        if (ring is not null)
        {
            using var door = ring.OpenDoor();
            foreach (var sent in command.SetSecrets)
                secrets.Add(new ConfigValue(sent.Key, BusSeal.Open(door, ConfigPlaces.Writing(sent.Key), sent.Json) ?? throw new VaultClosedException(NotForHere)));
        }

        return await ledger.DecideAboutRequestsAsync(
            async (read, cancelled) => new ConfigSnapshot(
                await read.GetAsync(StateKeys.MasterConfig, StateKeys.System, "config", cancelled),
                await read.ListAsync(StateKeys.User, StateKeys.System, cancelled)),
            (now, time) => ChangeConfigDecision.Decide(now, command, secrets, ring, time), cancellationToken);
    }

    private async Task<ConfigSecretsRead> ReadAsync(ReadConfigSecrets question, CancellationToken cancellationToken)
    {
        if (!BusSeal.IsPublicKey(question.PublicKey))
            return new ConfigSecretsRead { Result = CommandResult.Refused(FieldError.At("public_key", "is not a key on P-256")) };
        var config = await store.GetAsync(StateKeys.MasterConfig, StateKeys.System, "config", cancellationToken);
        var wanted = config?.Value.Secrets.Where(one => question.Keys.Contains(one.Key)).ToList() ?? [];
        if (wanted.Count == 0)
            return new ConfigSecretsRead { Result = CommandResult.Done() };
        var ring = await keys.OpenAsync(cancellationToken);
        // Before anything is said: what can't be written down is not shown.
        await ledger.NoteAsync(StateKeys.System, cancellationToken);
        return new ConfigSecretsRead
        {
            Result = CommandResult.Done(),
            Values = [.. wanted.Select(one => new SentConfig(one.Key, BusSeal.Seal(question.PublicKey, ConfigPlaces.Reading(one.Key), ChangeConfigDecision.Open(ring, one)
                ?? throw new VaultClosedException($"{one.Key} of the configuration can't be opened: it was sealed with key {one.KeyId}, or changed since; set it anew"))))],
        };
    }
}

using System.Text.Json;
using Kontena.Contracts.Commands;
using Kontena.Contracts.Stacks;
using Kontena.Contracts.Vault;
using Kontena.Core.Audit;
using Kontena.Hosting.Bus;
using Kontena.State;
using Kontena.State.Audit;
using Kontena.State.Documents;
using Microsoft.Extensions.Logging;

namespace Kontena.GridManager.Audit;

/// <summary>Writes down what is under way, in the words of <see cref="AuditedCommands"/>: one record more in the chain of its partition.</summary>
internal sealed class AuditTrail(IStateStore store, TimeProvider time, ILogger logger)
{
    public const string Writer = "grid-manager";

    private const int MaxAttempts = 12;
    private readonly AuditWriter _writer = new(store, Writer, logger);
    private readonly RefusalBudget _refusals = new(time, line => logger.LogWarning("{Line}", line));

    /// <summary>Adds the record of the command under way to the batch that carries it out. Nothing outside a command: what the platform does by itself is in its log.</summary>
    /// <exception cref="StateUnavailableException">The chain can't be read.</exception>
    public async Task AddAsync(CommitBatch batch, CancellationToken cancellationToken)
    {
        if (MessageUnderWay.Current is { } work && AuditedCommands.EntryOf(work.Message) is { } entry && PartitionOf(entry) == batch.Partition)
            await AppendAsync(batch, work, entry, refused: null, cancellationToken);
    }

    /// <summary>A refusal changes nothing and is written down alone. What is not there was not refused: that leaves no record.</summary>
    public async Task RefusedAsync(object? reply, CancellationToken cancellationToken)
    {
        if (MessageUnderWay.Current is not { } work || ResultOf(reply) is not { Outcome: CommandOutcome.Refused } refused
            || AuditedCommands.EntryOf(work.Message) is not { } entry || PartitionOf(entry) is not { } partition || !_refusals.Take(partition))
            return;
        await CommitAsync(partition, work, entry, refused, cancellationToken);
    }

    /// <summary>Writes down alone what changes nothing.</summary>
    public async Task NoteAsync(CancellationToken cancellationToken)
    {
        if (MessageUnderWay.Current is { } work && AuditedCommands.EntryOf(work.Message) is { } entry && PartitionOf(entry) is { } partition)
            await CommitAsync(partition, work, entry, refused: null, cancellationToken);
    }

    private async Task CommitAsync(string partition, MessageUnderWay work, AuditEntry entry, CommandResult? refused, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var batch = new CommitBatch(partition);
                if (await AppendAsync(batch, work, entry, refused, cancellationToken))
                    await store.CommitAsync(batch, cancellationToken);
                return;
            }
            catch (StateConflictException) when (attempt < MaxAttempts)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(5 * attempt * attempt), time, cancellationToken);
            }
        }
    }

    private Task<bool> AppendAsync(CommitBatch batch, MessageUnderWay work, AuditEntry entry, CommandResult? refused, CancellationToken cancellationToken) =>
        _writer.AppendAsync(batch, [(entry.ToRecord(Writer, work.Message, work.Caller, time.GetUtcNow(), refused, UidOf(batch, entry)), work.Id)], cancellationToken);

    /// <summary>Null when the command names no grid, where one is needed.</summary>
    private static string? PartitionOf(AuditEntry entry) => entry.IsAboutMaster ? StateKeys.System : entry.Grid is { Length: > 0 } grid ? grid : null;

    private static CommandResult? ResultOf(object? reply) => reply switch
    {
        CommandResult result => result,
        StackRevisionApplied applied => applied.Result,
        VaultWritten written => written.Result,
        _ => null,
    };

    private static string? UidOf(CommitBatch batch, AuditEntry entry)
    {
        if (batch.Puts.FirstOrDefault(put => put.Key.Kind == entry.Kind && put.Key.Id == entry.Document) is not { } put)
            return null;
        using var document = JsonDocument.Parse(put.Json);
        return document.RootElement.TryGetProperty("uid", out var uid) && uid.ValueKind == JsonValueKind.String ? uid.GetString() : null;
    }
}

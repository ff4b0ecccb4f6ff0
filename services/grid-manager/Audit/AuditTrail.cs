using System.Text.Json;
using Kontena.Contracts.Audit;
using Kontena.Contracts.Commands;
using Kontena.Contracts.Stacks;
using Kontena.Contracts.Vault;
using Kontena.Core.Audit;
using Kontena.Hosting.Bus;
using Kontena.State;
using Kontena.State.Documents;
using Microsoft.Extensions.Logging;

namespace Kontena.GridManager.Audit;

/// <summary>Writes down what is under way, in the words of <see cref="AuditedCommands"/>: one record more in the chain of its partition.</summary>
/// <param name="mostKept">Records of a chain; each one more lets the oldest go.</param>
internal sealed class AuditTrail(IStateStore store, TimeProvider time, ILogger logger, int mostKept = AuditTrail.MostKept)
{
    public const string Writer = "grid-manager";

    public const int MostKept = 10_000;

    private const int MaxAttempts = 12;
    private const int LongestText = 500;
    private readonly RefusalBudget _refusals = new(time);

    /// <summary>Adds the record of the command under way to the batch that carries it out. Nothing outside a command: what the platform does by itself is in its log.</summary>
    /// <exception cref="StateUnavailableException">The chain can't be read.</exception>
    public async Task AddAsync(CommitBatch batch, CancellationToken cancellationToken)
    {
        if (MessageUnderWay.Current is { } work && AuditedCommands.EntryOf(work.Message) is { } entry && PartitionOf(entry) == batch.Partition)
            await AppendAsync(batch, work, entry, AuditOutcome.Success, reason: null, cancellationToken);
    }

    /// <summary>A refusal changes nothing and is written down alone. What is not there was not refused: that leaves no record.</summary>
    public async Task RefusedAsync(object? reply, CancellationToken cancellationToken)
    {
        if (MessageUnderWay.Current is not { } work || ResultOf(reply) is not { Outcome: CommandOutcome.Refused } refused
            || AuditedCommands.EntryOf(work.Message) is not { } entry || PartitionOf(entry) is not { } partition)
            return;
        if (_refusals.Take(partition) is { } unwritten)
        {
            if (unwritten == 1)
                logger.LogWarning("More than {Most} refusals a minute in {Partition}: those beyond are not written into the audit log, so that they can't push the rest out of it", RefusalBudget.PerMinute, partition);
            return;
        }

        var reason = string.Join("; ", refused.Errors.Select(error => $"{string.Join('.', error.Path)}: {error.Message}"));
        await CommitAsync(partition, work, entry, AuditOutcome.Refused, reason, cancellationToken);
    }

    /// <summary>Writes down alone what changes nothing.</summary>
    public async Task NoteAsync(CancellationToken cancellationToken)
    {
        if (MessageUnderWay.Current is { } work && AuditedCommands.EntryOf(work.Message) is { } entry && PartitionOf(entry) is { } partition)
            await CommitAsync(partition, work, entry, AuditOutcome.Success, reason: null, cancellationToken);
    }

    private async Task CommitAsync(string partition, MessageUnderWay work, AuditEntry entry, AuditOutcome outcome, string? reason, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var batch = new CommitBatch(partition);
                await AppendAsync(batch, work, entry, outcome, reason, cancellationToken);
                await store.CommitAsync(batch, cancellationToken);
                return;
            }
            catch (StateConflictException) when (attempt < MaxAttempts)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(5 * attempt * attempt), time, cancellationToken);
            }
        }
    }

    private async Task AppendAsync(CommitBatch batch, MessageUnderWay work, AuditEntry entry, AuditOutcome outcome, string? reason, CancellationToken cancellationToken)
    {
        var found = await store.GetAsync(StateKeys.AuditHead, batch.Partition, Writer, cancellationToken);
        var (record, head) = AuditChain.Append(found?.Value, new AuditRecord
        {
            Writer = Writer,
            Sequence = 0,
            Previous = "",
            Hash = "",
            At = time.GetUtcNow(),
            Grid = Clean(entry.Grid),
            ResourceType = entry.ResourceType,
            ResourceName = Clean(entry.Name),
            ResourceId = UidOf(batch, entry) ?? Clean(entry.Path) ?? "",
            Event = entry.Event,
            Outcome = outcome,
            Reason = Clean(reason),
            Caller = work.Caller,
            Command = work.Message.GetType().Name,
            Parameters = entry.Parameters,
        });
        if (head.Sequence - head.First >= mostKept)
            head = await LetGoAsync(batch, head, cancellationToken);
        batch.Put(StateKeys.AuditRecord, record, expected: 0);
        batch.Put(StateKeys.AuditHead, head, found?.Version ?? 0);
    }

    private async Task<AuditHead> LetGoAsync(CommitBatch batch, AuditHead head, CancellationToken cancellationToken)
    {
        var id = AuditRecord.DocumentId(Writer, head.First);
        var oldest = await store.GetAsync(StateKeys.AuditRecord, batch.Partition, id, cancellationToken);
        if (oldest is null)
        {
            // Somebody removed it. Letting more go would take away what shows it.
            logger.LogError("Audit record {Record} of {Partition} is missing: nothing older is let go any more; kontena grid audit-verify shows it", id, batch.Partition);
            return head;
        }

        batch.Delete(StateKeys.AuditRecord, id, oldest.Version);
        return AuditChain.Trim(head, oldest.Value);
    }

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

    // A refused name may be anything.
    private static string? Clean(string? text) =>
        string.IsNullOrEmpty(text) ? null : string.Concat(text.Take(LongestText).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
}

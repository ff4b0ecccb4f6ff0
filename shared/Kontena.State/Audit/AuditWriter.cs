using Kontena.Contracts.Audit;
using Kontena.Core.Audit;
using Kontena.State.Documents;
using Microsoft.Extensions.Logging;

namespace Kontena.State.Audit;

/// <summary>Continues one writer's chains, in the batch that carries out what is written down (decision 0048).</summary>
/// <param name="writer">The service: each has a chain of its own in each partition.</param>
/// <param name="mostKept">Records of a chain; each one more lets the oldest go.</param>
public sealed class AuditWriter(IStateStore store, string writer, ILogger logger, int mostKept = AuditWriter.MostKept)
{
    public const int MostKept = 10_000;

    /// <param name="batch">Carries out what is written down.</param>
    /// <param name="contents">In the order in which they happened; their places and hashes are filled in here. With the id of the message that each comes from: what an earlier try has written is left out.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether there is something to write.</returns>
    /// <exception cref="StateUnavailableException">The chain can't be read.</exception>
    public async Task<bool> AppendAsync(CommitBatch batch, IReadOnlyList<(AuditRecord Content, string? Message)> contents, CancellationToken cancellationToken)
    {
        var found = await store.GetAsync(StateKeys.AuditHead, batch.Partition, writer, cancellationToken);
        var head = found?.Value;
        var missing = contents.Where(one => !WrittenCommands.Has(found?.Value, one.Message, one.Content.Outcome)).ToList();
        if (missing.Count == 0)
            return false;
        foreach (var (content, message) in missing)
        {
            (var record, head) = AuditChain.Append(head, content);
            head = WrittenCommands.Remember(head, message, content.Outcome);
            if (head.Sequence - head.First >= mostKept)
                head = await LetGoAsync(batch, head, cancellationToken);
            batch.Put(StateKeys.AuditRecord, record, expected: 0);
        }

        if (head is not null)
            batch.Put(StateKeys.AuditHead, head, found?.Version ?? 0);
        return true;
    }

    private async Task<AuditHead> LetGoAsync(CommitBatch batch, AuditHead head, CancellationToken cancellationToken)
    {
        var id = AuditRecord.DocumentId(writer, head.First);
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
}

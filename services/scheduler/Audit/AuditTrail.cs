using Kontena.Contracts.Audit;
using Kontena.Contracts.Commands;
using Kontena.Contracts.Services;
using Kontena.Core.Audit;
using Kontena.Hosting.Bus;
using Kontena.Scheduler.Snapshots;
using Kontena.State;
using Kontena.State.Audit;

namespace Kontena.Scheduler.Audit;

/// <summary>Writes down what people asked of a grid's scheduler, in the words of <see cref="AuditedCommands"/> and in the commit that carries it out.</summary>
internal sealed class AuditTrail(IStateStore store, TimeProvider time, ILogger logger)
{
    public const string Writer = "scheduler";

    private readonly AuditWriter _writer = new(store, Writer, logger);
    private readonly RefusalBudget _refusals = new(time, line => logger.LogWarning("{Line}", line));

    /// <summary>Adds a record for each command of a step. What is not there was not refused: that leaves none, and neither does what nobody sent.</summary>
    /// <returns>Whether there is one.</returns>
    /// <exception cref="StateUnavailableException">The chain can't be read.</exception>
    public async Task<bool> AddAsync(
        CommitBatch batch, GridDraft draft, IEnumerable<(MessageUnderWay? Work, CommandResult? Answer)> commands, CancellationToken cancellationToken)
    {
        var records = new List<(AuditRecord, string?)>();
        foreach (var (work, answer) in commands)
        {
            if (work is not null && AuditedCommands.EntryOf(work.Message) is { } entry && answer is not { Outcome: CommandOutcome.NotFound } && !IsOneTooMany(batch.Partition, answer))
                records.Add((entry.ToRecord(Writer, work.Message, work.Caller, time.GetUtcNow(), answer, UidOf(draft, entry)), work.Id));
        }

        return records.Count > 0 && await _writer.AppendAsync(batch, records, cancellationToken);
    }

    private bool IsOneTooMany(string grid, CommandResult? answer) => answer is { Outcome: CommandOutcome.Refused } && !_refusals.Take(grid);

    private static string? UidOf(GridDraft draft, AuditEntry entry) =>
        entry.Document is not { } id ? null
        : entry.Kind == StateKeys.Service.Name ? draft.Services.Find(id)?.Uid
        : entry.Kind == StateKeys.Stack.Name ? draft.Stacks.Find(id)?.Uid
        : null;
}

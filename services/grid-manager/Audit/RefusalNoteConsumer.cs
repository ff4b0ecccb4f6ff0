using System.Globalization;
using Kontena.Contracts.Audit;
using Kontena.Contracts.Commands;
using Kontena.Core.Audit;
using Kontena.Hosting.Bus;
using Kontena.State;
using Kontena.State.Audit;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace Kontena.GridManager.Audit;

/// <summary>Writes down whom an api has refused, in a chain of their own: however many they are, they push nothing but each other out.</summary>
internal sealed class RefusalNoteConsumer(IStateStore store, TimeProvider time, ILogger<RefusalNoteConsumer> logger) : IConsumer<NoteRefusals>
{
    public const string Writer = "api";

    /// <summary>Of one message; an api sends no more.</summary>
    public const int Most = 60;

    private const int MaxAttempts = 12;

    public async Task Consume(ConsumeContext<NoteRefusals> context)
    {
        var message = MessageUnderWay.Current?.Id;
        var records = RecordsOf(context.Message, time.GetUtcNow()).Select(record => (record, message)).ToList();
        var writer = new AuditWriter(store, Writer, logger);
        for (var attempt = 1; records.Count > 0; attempt++)
        {
            try
            {
                var batch = new CommitBatch(StateKeys.System);
                if (await writer.AppendAsync(batch, records, context.CancellationToken))
                    await store.CommitAsync(batch, context.CancellationToken);
                break;
            }
            catch (StateConflictException) when (attempt < MaxAttempts)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(5 * attempt * attempt), time, context.CancellationToken);
            }
        }

        await context.RespondAsync(CommandResult.Done());
    }

    internal static IReadOnlyList<AuditRecord> RecordsOf(NoteRefusals note, DateTimeOffset now)
    {
        var beyond = note.Beyond + note.Refused.Skip(Most).Sum(one => one.Count);
        return [.. note.Refused.Take(Most).Select((one, at) => RecordOf(note, one, at == 0 ? beyond : 0, now))];
    }

    // What callers beyond the bound were refused is told with the first record: one of its own would name nobody.
    private static AuditRecord RecordOf(NoteRefusals note, RefusedAccess refused, long beyond, DateTimeOffset now)
    {
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["count"] = refused.Count.ToString(CultureInfo.InvariantCulture),
            ["status"] = refused.Status.ToString(CultureInfo.InvariantCulture),
        };
        if (beyond > 0)
            parameters["others_refused"] = beyond.ToString(CultureInfo.InvariantCulture);
        var entry = new AuditEntry("Access", "refuse", $"{refused.Need}, {refused.Count} times", refused.Path, refused.Grid, null, null, parameters);
        return entry.ToRecord(Writer, note, refused.Caller, now, answer: null, uid: null) with
        {
            Outcome = AuditOutcome.Refused,
            Reason = $"needs {refused.Need}; {refused.Count} times",
        };
    }
}

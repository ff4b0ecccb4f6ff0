using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Kontena.Contracts.Audit;

namespace Kontena.Core.Audit;

/// <summary>Records that each carry the hash of the one before: what was changed, removed or moved afterwards shows.</summary>
public static class AuditChain
{
    /// <summary>The hash that belongs to a record, from everything else in it.</summary>
    /// <remarks>Field by field with lengths instead of its JSON: a later version's field must not change what is said of older records, and no two contents may look alike.</remarks>
    public static string HashOf(AuditRecord record)
    {
        var text = new StringBuilder("kontena-audit-1");
        Add(text, record.Writer, Number(record.Sequence), record.Previous, Number(record.At.UtcTicks), record.Grid, record.ResourceType, record.ResourceName,
            record.ResourceId, record.Event, record.Outcome.ToString(), record.Reason, record.Command,
            record.Caller.Id, record.Caller.Name, record.Caller.Kind.ToString(), record.Caller.Address, record.Caller.Program, Number(record.Parameters.Count));
        foreach (var (name, value) in record.Parameters.OrderBy(one => one.Key, StringComparer.Ordinal))
            Add(text, name, value);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    /// <summary>The next record of a chain, and the head after it.</summary>
    /// <param name="head">Null: the chain begins.</param>
    /// <param name="content">Its place and hashes are filled in here.</param>
    public static (AuditRecord Record, AuditHead Head) Append(AuditHead? head, AuditRecord content)
    {
        var placed = content with { Sequence = (head?.Sequence ?? 0) + 1, Previous = head?.Hash ?? AuditRecord.Genesis, Hash = "" };
        var record = placed with { Hash = HashOf(placed) };
        return (record, new AuditHead
        {
            Writer = record.Writer, Sequence = record.Sequence, Hash = record.Hash, First = head?.First ?? 1, Anchor = head?.Anchor ?? AuditRecord.Genesis,
            CarriedOut = head?.CarriedOut ?? [], Refused = head?.Refused ?? [],
        });
    }

    /// <summary>The head once its oldest record is let go.</summary>
    public static AuditHead Trim(AuditHead head, AuditRecord oldest) => head with { First = oldest.Sequence + 1, Anchor = oldest.Hash };

    /// <summary>The first record that is not what was written; null when all are.</summary>
    /// <param name="head">Where the chain begins and ends.</param>
    /// <param name="records">What is kept of it, by document id.</param>
    public static AuditBreak? Verify(AuditHead head, IReadOnlyList<AuditRecord> records)
    {
        var (sequence, previous) = (head.First, head.Anchor);
        foreach (var record in records)
        {
            var broken = record switch
            {
                _ when sequence > head.Sequence => "comes after the end of the chain",
                _ when record.Writer != head.Writer || record.Sequence != sequence => $"is missing: in its place is {AuditRecord.DocumentId(record.Writer, record.Sequence)}",
                _ when record.Hash != HashOf(record) => "was changed: its content does not have the hash that was written with it",
                _ when record.Previous != previous => "does not follow the record before it: one of the two was replaced",
                _ => null,
            };
            if (broken is not null)
                return new AuditBreak(AuditRecord.DocumentId(head.Writer, sequence), broken);
            (sequence, previous) = (sequence + 1, record.Hash);
        }

        if (sequence <= head.Sequence)
            return new AuditBreak(AuditRecord.DocumentId(head.Writer, sequence), "is missing");
        return previous == head.Hash
            ? null
            : new AuditBreak(AuditRecord.DocumentId(head.Writer, head.Sequence), "is not the one that the chain ended with");
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static void Add(StringBuilder text, params ReadOnlySpan<string?> fields)
    {
        foreach (var field in fields)
        {
            if (field is null)
                text.Append("\n-");
            else
                text.Append('\n').Append(field.Length).Append(':').Append(field);
        }
    }
}

/// <summary>Where a chain stops being what was written.</summary>
/// <param name="Record">The first record that is wrong or missing.</param>
/// <param name="Why">Continues "record …".</param>
public sealed record AuditBreak(string Record, string Why);

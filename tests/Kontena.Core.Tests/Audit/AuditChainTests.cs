using System.Text.Json;
using Kontena.Contracts;
using Kontena.Contracts.Audit;
using Kontena.Contracts.Identity;
using Kontena.Core.Audit;
using Xunit;

namespace Kontena.Core.Tests.Audit;

/// <summary>A chain of records shows every change that is made to it afterwards.</summary>
public class AuditChainTests
{
    private static readonly DateTimeOffset Day = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private static (AuditHead Head, List<AuditRecord> Records) Chain(int length, AuditHead? from = null)
    {
        var records = new List<AuditRecord>();
        for (var number = 0; number < length; number++)
        {
            (var record, from) = AuditChain.Append(from, new AuditRecord
            {
                Writer = "grid-manager", Sequence = 0, Previous = "", Hash = "", At = Day.AddSeconds(number), Grid = "prod", ResourceType = "Stack",
                ResourceName = $"web{number % 3}", ResourceId = $"prod/web{number % 3}", Event = "update", Outcome = AuditOutcome.Success, Reason = "because", Command = "UpdateStack",
                Caller = new Caller { Id = "5a9f", Name = "ann@example.com", Kind = CallerKind.User, Address = "10.0.0.9", Program = "kontena-cli/1.5.4" },
                Parameters = new Dictionary<string, string> { ["labels"] = "a=b", ["state"] = "ü" },
            });
            // As it comes back from the store.
            records.Add(JsonSerializer.Deserialize(JsonSerializer.Serialize(record, KontenaJson.Default.AuditRecord), KontenaJson.Default.AuditRecord)!);
        }

        return (from!, records);
    }

    /// <summary>One change of each member, found by reflection: a member added later is in here by itself.</summary>
    private static IEnumerable<(string What, AuditRecord Changed)> ChangesOf(AuditRecord record)
    {
        foreach (var member in typeof(AuditRecord).GetProperties().Where(one => one.CanWrite && one.Name != nameof(AuditRecord.Hash)))
        {
            yield return (member.Name, With(record, member.Name, member.GetValue(record) switch
            {
                string text => text + "x",
                long number => number + 1,
                DateTimeOffset time => time.AddTicks(1),
                AuditOutcome => AuditOutcome.Refused,
                Caller caller => caller with { Name = caller.Name + "x" },
                IReadOnlyDictionary<string, string> => new Dictionary<string, string> { ["labels"] = "a=c", ["state"] = "ü" },
                var other => throw new InvalidOperationException($"{member.Name} {other} needs a change here and a place in AuditChain.HashOf"),
            }));
            if (Nullable(member.Name))
                yield return ($"{member.Name} gone", With(record, member.Name, null));
        }

        foreach (var member in typeof(Caller).GetProperties().Where(one => one.CanWrite))
        {
            var caller = record.Caller with { };
            member.SetValue(caller, member.GetValue(caller) is CallerKind ? CallerKind.Node : "another");
            yield return ($"Caller.{member.Name}", record with { Caller = caller });
        }

        yield return ("a parameter more", record with { Parameters = new Dictionary<string, string>(record.Parameters) { ["more"] = "" } });
    }

    private static bool Nullable(string member) => member is nameof(AuditRecord.Grid) or nameof(AuditRecord.ResourceName) or nameof(AuditRecord.Reason);

    private static AuditRecord With(AuditRecord record, string member, object? value)
    {
        var changed = record with { };
        typeof(AuditRecord).GetProperty(member)!.SetValue(changed, value);
        return changed;
    }

    [Fact]
    public void What_was_written_is_intact_also_after_its_oldest_were_let_go()
    {
        var (head, records) = Chain(7);
        Assert.Null(AuditChain.Verify(head, records));
        for (; records.Count > 1; records.RemoveAt(0))
        {
            Assert.Null(AuditChain.Verify(head, records));
            head = AuditChain.Trim(head, records[0]);
        }

        Assert.Equal(7, head.First);
    }

    [Fact]
    public void Any_change_of_any_field_of_any_record_is_found_at_that_record()
    {
        var (head, records) = Chain(4);
        for (var at = 0; at < records.Count; at++)
        {
            foreach (var (what, changed) in ChangesOf(records[at]))
            {
                AuditRecord[] now = [.. records[..at], changed, .. records[(at + 1)..]];
                Assert.True(AuditChain.Verify(head, now)?.Record == $"grid-manager/{at + 1:D12}", what);
                // Also with the hash made anew: then the next record, or the head, does not follow it.
                now[at] = changed with { Hash = AuditChain.HashOf(changed) };
                Assert.True(AuditChain.Verify(head, now) is not null, $"{what}, hash made anew");
            }
        }
    }

    [Fact]
    public void Any_removal_any_swap_any_copy_and_any_addition_is_found()
    {
        var (head, records) = Chain(6);
        for (var at = 0; at < records.Count; at++)
        {
            Assert.Equal($"grid-manager/{at + 1:D12}", AuditChain.Verify(head, [.. records[..at], .. records[(at + 1)..]])?.Record);
            for (var other = at + 1; other < records.Count; other++)
            {
                var swapped = records.ToList();
                (swapped[at], swapped[other]) = (swapped[other], swapped[at]);
                Assert.Equal($"grid-manager/{at + 1:D12}", AuditChain.Verify(head, swapped)?.Record);
            }

            Assert.NotNull(AuditChain.Verify(head, [.. records[..at], records[at] with { Hash = AuditRecord.Genesis }, .. records[(at + 1)..]]));
            Assert.NotNull(AuditChain.Verify(head, [.. records[..(at + 1)], records[at], .. records[(at + 1)..]]));
        }

        Assert.NotNull(AuditChain.Verify(head, []));
        Assert.NotNull(AuditChain.Verify(head, [.. records, AuditChain.Append(head, records[0]).Record]));
    }

    [Fact]
    public void Another_chain_of_the_same_length_is_not_taken_for_this_one()
    {
        var (head, records) = Chain(3);
        var (otherHead, _) = Chain(2);
        var (forged, last) = (records.ToList(), AuditChain.Append(otherHead, records[2] with { Event = "delete" }).Record);
        forged[2] = last;
        Assert.Equal("grid-manager/000000000003", AuditChain.Verify(head, forged)?.Record);
    }
}

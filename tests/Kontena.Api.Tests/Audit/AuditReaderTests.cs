using Kontena.Api.Audit;
using Kontena.Contracts.Audit;
using Kontena.Contracts.Identity;
using Kontena.Core.Audit;

namespace Kontena.Api.Tests.Audit;

/// <summary>Chains that go on while they are verified.</summary>
public sealed class AuditReaderTests
{
    private readonly List<AuditRecord> _records = [];
    private readonly List<AuditHead> _heads = [];

    public AuditReaderTests()
    {
        for (var number = 0; number < 6; number++)
        {
            var (record, head) = AuditChain.Append(_heads.LastOrDefault(), new AuditRecord
            {
                Writer = "grid-manager", Sequence = 0, Previous = "", Hash = "", At = Some.Noon.AddMinutes(number), ResourceType = "Stack", ResourceId = "x", Event = "create",
                Outcome = AuditOutcome.Success, Command = "Some", Caller = new Caller { Id = "5a9f", Name = "ann@example.com", Kind = CallerKind.User },
            });
            _records.Add(record);
            _heads.Add(head);
        }
    }

    /// <summary>After the fourth record, and at the end with the oldest two let go.</summary>
    private (AuditHead Before, AuditHead After) Moving => (_heads[3], AuditChain.Trim(_heads[5], _records[1]));

    [Theory]
    [InlineData(0, 6)]
    [InlineData(1, 5)]
    [InlineData(2, 4)]
    public void What_is_let_go_or_comes_meanwhile_was_not_removed_or_added_by_anybody(int first, int end)
    {
        var (before, after) = Moving;
        Assert.Null(AuditReader.Verify(before, after, _records[first..end]));
        Assert.Null(AuditReader.Verify(before, AuditChain.Trim(_heads[5], _records[4]), _records[first..end]));
    }

    [Fact]
    public void What_is_missing_of_the_rest_or_was_changed_is_found_all_the_same()
    {
        var (before, after) = Moving;
        Assert.Equal("grid-manager/000000000003", AuditReader.Verify(before, after, _records[3..])?.Record);
        Assert.Equal("grid-manager/000000000004", AuditReader.Verify(before, after, _records[..3])?.Record);
        Assert.Equal("grid-manager/000000000004", AuditReader.Verify(before, after, [_records[2], _records[3] with { Event = "update" }])?.Record);
    }

    [Fact]
    public void A_record_that_was_added_behind_the_end_is_found()
    {
        var end = _heads[4];
        Assert.Null(AuditReader.Verify(end, end, _records[..5]));
        var added = AuditReader.Verify(end, end, _records);
        Assert.Equal("grid-manager/000000000006", added?.Record);
        Assert.Contains("after the end", added?.Why, StringComparison.Ordinal);
    }
}

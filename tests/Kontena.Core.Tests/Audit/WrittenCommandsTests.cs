using Kontena.Contracts.Audit;
using Kontena.Core.Audit;
using Xunit;

namespace Kontena.Core.Tests.Audit;

public sealed class WrittenCommandsTests
{
    private static readonly AuditHead Empty = new() { Writer = "grid-manager", Sequence = 0, Hash = "", First = 1, Anchor = AuditRecord.Genesis };

    [Fact]
    public void Only_the_newest_are_remembered()
    {
        var head = Enumerable.Range(0, WrittenCommands.Most + 1).Aggregate(Empty, (known, number) => WrittenCommands.Remember(known, $"m{number}", AuditOutcome.Success));
        Assert.False(WrittenCommands.Has(head, "m0", AuditOutcome.Success));
        Assert.True(WrittenCommands.Has(head, "m1", AuditOutcome.Success));
        Assert.Equal(WrittenCommands.Most, head.CarriedOut.Count);
        Assert.Same(head.CarriedOut, WrittenCommands.Remember(head, "m7", AuditOutcome.Success).CarriedOut);
    }

    [Fact]
    public void Refusals_push_nothing_out_that_was_carried_out()
    {
        var head = WrittenCommands.Remember(Empty, "made", AuditOutcome.Success);
        for (var number = 0; number < WrittenCommands.Most * 2; number++)
            head = WrittenCommands.Remember(head, $"m{number}", AuditOutcome.Refused);
        Assert.True(WrittenCommands.Has(head, "made", AuditOutcome.Refused));
        Assert.Equal(WrittenCommands.Most, head.Refused.Count);
    }

    [Fact]
    public void Without_a_head_or_an_id_nothing_is_known()
    {
        Assert.False(WrittenCommands.Has(null, "m1", AuditOutcome.Success));
        Assert.False(WrittenCommands.Has(WrittenCommands.Remember(Empty, null, AuditOutcome.Success), null, AuditOutcome.Success));
    }
}

using Kontena.Contracts.Instances;
using Xunit;

namespace Kontena.Contracts.Tests.Instances;

public sealed class ObservedDigestTests
{
    [Fact]
    public void Order_does_not_matter() =>
        Assert.Equal(ObservedDigest.Of([Seen("a", 1), Seen("b", 2)]), ObservedDigest.Of([Seen("b", 2), Seen("a", 1)]));

    [Fact]
    public void A_newer_report_changes_it() =>
        Assert.NotEqual(ObservedDigest.Of([Seen("a", 1)]), ObservedDigest.Of([Seen("a", 2)]));

    [Fact]
    public void What_was_removed_does_not_count() =>
        Assert.Equal(ObservedDigest.Of([]), ObservedDigest.Of([Seen("a", 1) with { State = ObservedState.Removed }]));

    private static InstanceObserved Seen(string id, long sequence) => new()
    {
        Grid = "g",
        Node = "n",
        NodeId = "N",
        InstanceId = id,
        Generation = 1,
        Sequence = sequence,
        State = ObservedState.Running,
    };
}

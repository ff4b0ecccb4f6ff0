using Kontena.Contracts.Instances;
using Kontena.Contracts.Nodes;
using Kontena.GridManager.Nodes;
using Xunit;

namespace Kontena.GridManager.Tests.Nodes;

public sealed class EphemeralCleanupTests
{
    private static readonly Node Node = Some.Node(4) with { Labels = ["az=1", "ephemeral=yes"] };

    private static readonly NodeLiveness Away =
        new() { Grid = "prod", Node = "core-4", State = LivenessState.Offline, LastSeenAt = Some.Now - EphemeralCleanup.Limit - TimeSpan.FromSeconds(1) };

    [Fact]
    public void One_that_was_silent_for_six_hours_goes() => Assert.True(Expired(Node, Away));

    [Fact]
    public void Each_condition_alone_keeps_it()
    {
        Assert.False(Expired(Node with { Labels = ["az=1"] }, Away));
        Assert.False(Expired(Node with { Number = 1 }, Away));
        Assert.False(Expired(Node, Away with { LastSeenAt = Some.Now - EphemeralCleanup.Limit }));
        Assert.False(Expired(Node, Away with { State = LivenessState.Suspect }));
        Assert.False(Expired(Node, Away with { LastSeenAt = null }));
        Assert.False(Expired(Node, null));
        Assert.False(Expired(Node, Away, Instance(stateful: true)));
        Assert.True(Expired(Node, Away, Instance(stateful: false)));
        Assert.True(Expired(Node, Away, Instance(stateful: true) with { Node = "core-1" }));
    }

    private static bool Expired(Node node, NodeLiveness? liveness, params Instance[] instances) =>
        EphemeralCleanup.IsExpired(Some.Grid(), node, liveness, instances, Some.Now);

    private static Instance Instance(bool stateful) => new()
    {
        Id = Some.NewId(), Grid = "prod", Stack = "shop", Service = "db", ServiceUid = "u", Number = 1, Node = "core-4", Generation = 1,
        Desired = DesiredState.Running, CreatedAt = Some.Day, UpdatedAt = Some.Day,
        Spec = new InstanceSpec
        {
            Name = "shop.db-1", Grid = "prod", Stack = "shop", Service = "db", ServiceUid = "u", Number = 1, Image = "db:1", ServiceRevision = 1, DeployRev = "d", Stateful = stateful,
        },
    };
}

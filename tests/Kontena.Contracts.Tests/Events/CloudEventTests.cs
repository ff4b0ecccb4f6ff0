using System.Text.Json;
using Kontena.Contracts.Events;
using Kontena.Contracts.Messaging;
using Xunit;

namespace Kontena.Contracts.Tests.Events;

public sealed class CloudEventTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static GridEvent Told(string type = EventTypes.InstanceCrash) => new()
    {
        Grid = "prod", Type = type, Severity = EventSeverity.Warning, Message = "service web/api-1 exited with code 1",
        Stack = "web", Service = "api", Instance = 1, Node = "core-01",
    };

    [Fact]
    public void It_is_what_readers_outside_were_promised() => Assert.Equal(
        """{"specversion":"1.0","id":"5aa6b1a07d1e2a0001000010","source":"/v1/grids/prod","type":"kontena.service.instance_crash","subject":"/v1/services/prod/web/api","time":"2026-03-01T12:00:00+00:00","datacontenttype":"application/json","data":{"grid":"prod","type":"service:instance_crash","severity":2,"message":"service web/api-1 exited with code 1","stack":"web","service":"api","instance":1,"node":"core-01"}}""",
        JsonSerializer.Serialize(CloudEvent.Of(Told(), "5aa6b1a07d1e2a0001000010", Noon), KontenaJson.Default.CloudEvent));

    [Theory]
    [InlineData(EventTypes.InstanceCrash, "grid.prod.service.instance_crash")]
    [InlineData(EventTypes.Scheduler, "grid.prod.service.scheduler")]
    [InlineData(EventTypes.NodeOffline, "grid.prod.node.offline")]
    public void Its_key_has_four_words(string type, string key)
    {
        Assert.Equal(key, Destination.Event("prod", type).RoutingKey);
        Assert.Equal(("kontena.events", DestinationKind.Topic), (Destination.Event("prod", type).Name, Destination.Event("prod", type).Kind));
    }

    [Fact]
    public void Its_subject_is_the_nearest_thing_concerned()
    {
        static string Subject(GridEvent told) => CloudEvent.Of(told, "1", Noon).Subject;
        var bare = Told("x:y") with { Stack = null, Service = null, Instance = null, Node = null };

        Assert.Equal("/v1/stacks/prod/web", Subject(Told("stack:deploy") with { Service = null }));
        Assert.Equal("/v1/nodes/prod/core-01", Subject(bare with { Type = EventTypes.NodeOnline, Node = "core-01" }));
        Assert.Equal("/v1/volumes/prod/data", Subject(bare with { Volume = "data" }));
        Assert.Equal("/v1/grids/prod", Subject(bare));
    }

    [Fact]
    public void What_a_container_wrote_is_cut_off_its_message()
    {
        Assert.Equal("exited with code 1", GridEvent.Brief("exited with code 1; its last lines:\npassword=s3cr3t"));
        Assert.Equal("all well", GridEvent.Brief("all well"));
        Assert.Equal(GridEvent.LongestMessage, GridEvent.Brief(new string('x', 4000)).Length);
        Assert.Equal("one", CloudEvent.Of(Told() with { Message = "one\r\ntwo" }, "1", Noon).Data.Message);
    }
}

using System.Text.Json;
using Kontena.Contracts;
using Kontena.Contracts.Commands;
using Kontena.Contracts.Events;
using Kontena.Contracts.Grids;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;
using Kontena.Contracts.Vault;
using Kontena.Contracts.Volumes;
using Kontena.GridManager.Decisions;
using Kontena.GridManager.Events;
using Kontena.GridManager.Grids;
using Kontena.GridManager.Nodes;
using Kontena.GridManager.Services;
using Kontena.GridManager.Volumes;
using Kontena.State;
using Xunit;

namespace Kontena.GridManager.Tests.Events;

public sealed class RecordEventTests
{
    private static string Show(GridEvent told) => $"{told.Type} {told.Stack}/{told.Service}/{told.Volume}/{told.Node}: {told.Message}";

    private static string Single<T>(Decision<T> decision) => Show(Assert.Single(decision.Events));

    [Fact]
    public void A_service_is_told_from_its_creation_to_its_end()
    {
        var web = Some.Service("shop/web");
        var leaving = web with { RemovedAt = Some.Day };
        var remove = new RemoveService { Grid = "prod", Stack = "shop", Service = "web" };

        Assert.Equal("service:create null/api//: service null/api created",
            Single(CreateServiceDecision.Decide(Some.Snapshot(), new CreateService { Grid = "prod", Request = Some.Request("api") }, Some.Now, Some.NewId)));
        Assert.Equal("service:update shop/web//: service shop/web set to Running, 1 instances, revision 1",
            Single(SetServiceStateDecision.Decide(Some.Snapshot(web), new SetServiceState { Grid = "prod", Stack = "shop", Service = "web", State = ServiceState.Running }, Some.Now)));
        Assert.Equal("service:removing shop/web//: service shop/web is to be removed", Single(RemoveServiceDecision.Decide(Some.Snapshot(web), remove, Some.Now)));
        Assert.Equal("service:remove shop/web//: service shop/web removed",
            Single(ServiceTornDownDecision.Decide(Some.Snapshot(leaving), new ServiceTornDown { Grid = "prod", Stack = "shop", Service = "web", Uid = web.Uid })));
    }

    [Fact]
    public void What_is_refused_is_no_event() => Assert.Empty(RemoveServiceDecision.Decide(
        Some.Snapshot(), new RemoveService { Grid = "prod", Stack = "shop", Service = "web" }, Some.Now).Events);

    [Fact]
    public void Grids_nodes_and_volumes_are_told()
    {
        Assert.Equal("node:remove ///core-1: node core-1 (number 1) removed",
            Single(RemoveNodeDecision.Decide(Some.Snapshot(Some.Node(1)), new RemoveNode { Grid = "prod", Node = "core-1" }, Some.Now)));
        Assert.Equal("volume:removing //data/: volume data is to be removed with its data",
            Single(DeleteVolumeDecision.Decide(Some.Snapshot(Some.Volume()), new DeleteVolume { Grid = "prod", Volume = "data" }, Some.Now)));
        Assert.Equal("grid:remove ///: grid prod deleted", Single(DeleteGridDecision.Delete([new(Some.Grid(), 1)], new DeleteGrid { Grid = "prod" })));
    }

    [Fact]
    public void A_secret_is_told_by_its_name_alone()
    {
        var secret = new Secret
        {
            Grid = "prod", Name = "DB_PASS", Revision = 2, KeyId = "0123456789abcdef", Sealed = "c2VhbGVkLXZhbHVl", CreatedAt = Some.Day, UpdatedAt = Some.Day,
        };
        var draft = new GridDraft("prod");
        draft.Keep(StateKeys.Secret, secret, 1, "secret DB_PASS has another value, revision 2");
        draft.Drop(StateKeys.Secret, "OTHER", 1, "secret OTHER deleted");

        Assert.Equal(["secret:update ///: secret DB_PASS has another value, revision 2", "secret:remove ///: secret OTHER deleted"], draft.Events.Select(Show));
        Assert.All(draft.Events, told => Assert.DoesNotContain(
            secret.Sealed, JsonSerializer.Serialize(CloudEvent.Of(told, "1", Some.Now), KontenaJson.Default.CloudEvent), StringComparison.Ordinal));
    }

    /// <summary>Facts change whenever a machine's memory does; nobody would find anything else in the log.</summary>
    [Fact]
    public void What_changes_all_the_time_is_no_news()
    {
        var draft = new GridDraft("prod");
        draft.Put(StateKeys.Node, Some.Node(1), 3, "node core-1 has new facts", isNews: false);

        Assert.Empty(draft.Events);
        Assert.Single(draft.Batch.Messages);
    }

    [Theory]
    [InlineData(LivenessState.Online, EventTypes.NodeOnline, 1, "node core-1 is online")]
    [InlineData(LivenessState.Suspect, EventTypes.NodeSuspect, 2, "node core-1 is silent")]
    [InlineData(LivenessState.Offline, EventTypes.NodeOffline, 3, "node core-1 is offline")]
    public void What_is_believed_of_a_node_is_told(LivenessState state, string type, int severity, string message)
    {
        var told = RecordEvents.OfLiveness(new NodeLiveness { Grid = "prod", Node = "core-1", State = state });

        Assert.Equal((type, severity, message, "core-1"), (told.Type, told.Severity, told.Message, told.Node));
    }
}

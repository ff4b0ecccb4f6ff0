using Kontena.Contracts.Commands;
using Kontena.Contracts.Services;
using Kontena.GridManager.Decisions;
using Kontena.GridManager.Services;
using Kontena.State;
using Xunit;

namespace Kontena.GridManager.Tests.Services;

public sealed class RollbackDecisionTests
{
    private static readonly Service Web = Some.Service("shop/web") with
    {
        Revision = 4, Spec = new ServiceSpec { Image = "web:4", Instances = 6 }, State = ServiceState.Stopped,
    };

    private static ServiceRevision Kept(int revision, ServiceSpec? spec = null, string? uid = null) => new()
    {
        Grid = "prod", Stack = "shop", Service = "web", ServiceUid = uid ?? Web.Uid, Revision = revision,
        Spec = spec ?? new ServiceSpec { Image = $"web:{revision}" }, Cause = "updated", CreatedAt = Some.Day,
    };

    private static Decision<CommandResult> Decide(ServiceRevision? kept, int to = 2, int? from = null, string? deploy = null, params object[] around) =>
        RollbackServiceDecision.Decide(
            Some.Snapshot([Web, Some.Stack(), .. around]),
            new RollbackService { Grid = "prod", Stack = "shop", Service = "web", ToRevision = to, FromRevision = from, DeployId = deploy }, kept, Some.Now);

    [Fact]
    public void A_rollback_is_a_new_revision_with_the_old_spec_and_the_present_scale()
    {
        var decision = Decide(Kept(2), from: 4, deploy: "d1");
        var service = Assert.Single(decision.Puts(StateKeys.Service));
        Assert.Equal((5, "web:2", 6, ServiceState.Running), (service.Revision, service.Spec.Image, service.Spec.Instances, service.State));
        Assert.Equal(new ServiceRollback(5, 2, "d1"), service.RolledBack);
        var revision = Assert.Single(decision.Puts(StateKeys.ServiceRevision));
        Assert.Equal((5, "rollback to 2", "web:2"), (revision.Revision, revision.Cause, revision.Spec.Image));
        Assert.Equal(["service shop/web"], decision.Announced());
    }

    [Theory]
    [InlineData(9, null, "revision 9 of prod/shop/web is not there: the newest 20 are kept, see kontena service history shop/web")]
    [InlineData(4, null, "prod/shop/web is at revision 4; name an earlier one")]
    [InlineData(2, 3, "prod/shop/web is at revision 4, no longer at 3")]
    public void What_can_not_be_is_refused(int to, int? from, string message) =>
        Assert.Equal($"Refused; revision: {message}", Decide(to == 9 ? null : Kept(to), to, from).Reply.Show());

    [Fact]
    public void A_revision_of_an_earlier_service_of_the_name_is_not_its_own() =>
        Assert.Equal(CommandOutcome.Refused, Decide(Kept(2, uid: "another")).Reply.Outcome);

    [Fact]
    public void A_revision_that_needs_what_is_gone_is_refused()
    {
        var linked = Kept(2, new ServiceSpec { Image = "web:2", Links = [new ServiceLink("shop", "db", "db")] });
        Assert.Equal("Refused; revision: revision 2 of prod/shop/web can't be brought back: it links to shop/db, which does not exist any more",
            Decide(linked).Reply.Show());
        Assert.Equal(CommandOutcome.Done, Decide(linked, around: Some.Service("shop/db")).Reply.Outcome);
        Assert.Contains("its links would go round in a circle now", Decide(linked, around: Some.Service("shop/db", "shop/web")).Reply.Show(), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_new_revision_is_kept_and_the_one_twenty_before_goes()
    {
        var old = Some.Service("null/web") with { Revision = 30 };
        var update = new UpdateService { Grid = "prod", Stack = "null", Service = "web", Request = new ServiceRequest { Image = "web:31" } };
        var decision = UpdateServiceDecision.Decide(Some.Snapshot(old), update, Some.Now);
        Assert.Equal(31, Assert.Single(decision.Puts(StateKeys.ServiceRevision)).Revision);
        Assert.Equal(["service-revision uid-of-null/web/11 -1"], decision.Deletes());
        var scale = new SetServiceState { Grid = "prod", Stack = "null", Service = "web", State = ServiceState.Running, Instances = 3 };
        Assert.Empty(SetServiceStateDecision.Decide(Some.Snapshot(old), scale, Some.Now).Puts(StateKeys.ServiceRevision));
        Assert.Equal("deploy forced", Assert.Single(
            SetServiceStateDecision.Decide(Some.Snapshot(old), scale with { BumpRevision = true }, Some.Now).Puts(StateKeys.ServiceRevision)).Cause);
    }

    [Fact]
    public void A_service_that_is_gone_takes_its_revisions_along()
    {
        var gone = Some.Service("null/web") with { Revision = 3, RemovedAt = Some.Day };
        var decision = ServiceTornDownDecision.Decide(Some.Snapshot(gone), new ServiceTornDown { Grid = "prod", Stack = "null", Service = "web", Uid = gone.Uid });
        Assert.Equal(["service null/web 7", .. Enumerable.Range(1, 3).Select(one => $"service-revision uid-of-null/web/{one} -1")], decision.Deletes());
    }
}

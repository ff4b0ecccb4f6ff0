using Kontena.Contracts.Commands;
using Kontena.Contracts.Services;
using Kontena.GridManager.Decisions;
using Kontena.GridManager.Services;
using Kontena.State;
using Xunit;

namespace Kontena.GridManager.Tests.Services;

public sealed class ServiceDecisionTests
{
    [Fact]
    public void A_new_service_is_initialized_with_an_id_of_its_own()
    {
        var decision = Create(Some.Snapshot(), Some.Request("web"));
        var service = Assert.Single(decision.Puts(StateKeys.Service));
        Assert.Equal(("null", "web", ServiceState.Initialized, 1), (service.Stack, service.Name, service.State, service.Revision));
        Assert.Equal(24, service.Uid.Length);
        Assert.Equal(0, decision.Batch!.Puts[0].Expected);
        Assert.Equal(["service null/web"], decision.Announced());
        Assert.Equal("web", decision.Reply.CreatedId);
    }

    [Fact]
    public void A_name_is_taken_once() =>
        Assert.Equal("Refused; name: is already taken", Create(Some.Snapshot(Some.Service("null/web")), Some.Request("web")).Reply.Show());

    [Fact]
    public void A_name_is_not_free_while_its_last_owner_is_being_removed()
    {
        var leaving = Some.Service("null/web") with { RemovedAt = Some.Day };
        Assert.Equal("Refused; name: web is being removed, try again in a moment", Create(Some.Snapshot(leaving), Some.Request("web")).Reply.Show());
    }

    [Fact]
    public void A_service_can_not_link_to_one_that_is_being_removed()
    {
        var leaving = Some.Service("null/db") with { RemovedAt = Some.Day };
        Assert.Equal("Refused; links.[]: Service db does not exist", Create(Some.Snapshot(leaving), Some.Request("web", "db")).Reply.Show());
    }

    [Fact]
    public void The_revision_grows_only_when_something_changed_or_is_forced()
    {
        var grid = Some.Snapshot(Some.Service("null/web"));
        Assert.Null(Update(grid, new ServiceRequest { Image = "web:1" }).Batch);
        var changed = Assert.Single(Update(grid, new ServiceRequest { Image = "web:2" }).Puts(StateKeys.Service));
        Assert.Equal((2, "web:2", Some.Now), (changed.Revision, changed.Spec.Image, changed.UpdatedAt));
        var forced = Assert.Single(Update(grid, new ServiceRequest { Force = true }).Puts(StateKeys.Service));
        Assert.Equal((2, "web:1"), (forced.Revision, forced.Spec.Image));
    }

    [Fact]
    public void An_update_that_closes_a_circle_of_links_is_refused()
    {
        var grid = Some.Snapshot(Some.Stack(), Some.Service("shop/web", "shop/db"), Some.Service("shop/db"));
        var command = new UpdateService { Grid = "prod", Stack = "shop", Service = "db", Request = new ServiceRequest { Links = [new LinkRequest("web", "web")] } };
        Assert.Equal("Refused; links: service db has recursive links", UpdateServiceDecision.Decide(grid, command, Some.Now).Reply.Show());
    }

    [Fact]
    public void A_service_that_others_link_to_stays()
    {
        var grid = Some.Snapshot(Some.Service("null/db"), Some.Service("null/web", "null/db"), Some.Service("shop/app", "null/db"));
        var decision = RemoveServiceDecision.Decide(grid, new RemoveService { Grid = "prod", Stack = "null", Service = "db" }, Some.Now);
        Assert.Equal("Refused; service: Cannot delete service that is linked to another service (shop/app, web)", decision.Reply.Show());
    }

    [Fact]
    public void Removal_marks_the_service_and_then_it_is_not_found()
    {
        var command = new RemoveService { Grid = "prod", Stack = "null", Service = "web" };
        var removed = Assert.Single(RemoveServiceDecision.Decide(Some.Snapshot(Some.Service("null/web")), command, Some.Now).Puts(StateKeys.Service));
        Assert.Equal(Some.Now, removed.RemovedAt);
        Assert.Equal("NotFound; : Service prod/null/web does not exist", RemoveServiceDecision.Decide(Some.Snapshot(removed), command, Some.Now).Reply.Show());
        Assert.Equal(CommandOutcome.NotFound, Update(Some.Snapshot(removed), new ServiceRequest()).Reply.Outcome);
    }

    [Fact]
    public void State_and_scale_change_together_and_only_a_forced_deploy_grows_the_revision()
    {
        var service = Some.Service("null/web");
        var set = new SetServiceState { Grid = "prod", Stack = "null", Service = "web", State = ServiceState.Running };
        var running = Assert.Single(SetServiceStateDecision.Decide(Some.Snapshot(service), set with { Instances = 5 }, Some.Now).Puts(StateKeys.Service));
        Assert.Equal((ServiceState.Running, 5, 1), (running.State, running.Spec.Instances, running.Revision));
        Assert.Null(SetServiceStateDecision.Decide(Some.Snapshot(running), set, Some.Now).Batch);
        Assert.Equal(2, SetServiceStateDecision.Decide(Some.Snapshot(running), set with { BumpRevision = true }, Some.Now).Puts(StateKeys.Service)[0].Revision);
        Assert.Equal("Refused; instances: Instances is too small: at least 1; to run none, stop the service", SetServiceStateDecision.Decide(Some.Snapshot(service), set with { Instances = 0 }, Some.Now).Reply.Show());
        Assert.StartsWith("Refused; state:", SetServiceStateDecision.Decide(Some.Snapshot(service), set with { State = ServiceState.Initialized }, Some.Now).Reply.Show(), StringComparison.Ordinal);
    }

    [Fact]
    public void Torn_down_news_of_an_earlier_service_changes_nothing()
    {
        var leaving = Some.Service("null/web") with { RemovedAt = Some.Day };
        var news = new ServiceTornDown { Grid = "prod", Stack = "null", Service = "web", Uid = leaving.Uid };
        Assert.Equal(["service null/web 7", "service-revision uid-of-null/web/1 -1"], ServiceTornDownDecision.Decide(Some.Snapshot(leaving), news).Deletes());
        Assert.Null(ServiceTornDownDecision.Decide(Some.Snapshot(leaving), news with { Uid = "earlier" }).Batch);
        Assert.Null(ServiceTornDownDecision.Decide(Some.Snapshot(leaving with { RemovedAt = null }), news).Batch);
        Assert.Null(ServiceTornDownDecision.Decide(Some.Snapshot(), news).Batch);
    }

    private static Decision<CommandResult> Create(GridSnapshot grid, ServiceRequest request) =>
        CreateServiceDecision.Decide(grid, new CreateService { Grid = "prod", Request = request }, Some.Now, Some.NewId);

    [Fact]
    public void One_variable_is_changed_in_what_is_stored_whatever_the_caller_saw()
    {
        var service = Some.Service("null/web") with { Spec = Some.Service("null/web").Spec with { Env = ["A=1", "B=1"] } };
        var seen = new UpdateService { Grid = "prod", Stack = "null", Service = "web", Request = new ServiceRequest { Env = ["C=1"] } };

        Assert.Equal(["B=1", "A=2"], After(seen with { SetEnv = "A=2" }));
        Assert.Equal(["A=1", "B=1", "D=x=y"], After(seen with { SetEnv = "D=x=y" }));
        Assert.Equal(["A=1"], After(seen with { UnsetEnv = "B" }));
        Assert.Equal(["C=1"], After(seen));

        IReadOnlyList<string> After(UpdateService command) =>
            Assert.Single(UpdateServiceDecision.Decide(Some.Snapshot(service), command, Some.Now).Puts(StateKeys.Service)).Spec.Env;
    }

    private static Decision<CommandResult> Update(GridSnapshot grid, ServiceRequest request) =>
        UpdateServiceDecision.Decide(grid, new UpdateService { Grid = "prod", Stack = "null", Service = "web", Request = request }, Some.Now);
}

using Kontena.Contracts.Commands;
using Kontena.Contracts.Services;
using Kontena.Contracts.Stacks;
using Kontena.GridManager.Decisions;
using Kontena.GridManager.Services;
using Kontena.GridManager.Stacks;
using Kontena.State;
using Xunit;

namespace Kontena.GridManager.Tests.Stacks;

public sealed class StackDecisionTests
{
    private static readonly Stack Shop = Some.Stack(Some.Request("web", "db"), Some.Request("db"));

    [Fact]
    public void A_stack_comes_with_all_its_services_in_one_batch()
    {
        var decision = Create(Some.Snapshot(), Some.StackRequest(Some.Request("web", "db"), Some.Request("db")));
        var stack = Assert.Single(decision.Puts(StateKeys.Stack));
        Assert.Equal((1, "shop", "acme/shop"), (stack.Revision, stack.Name, stack.Latest.StackName));
        Assert.Equal(["db", "web"], decision.Puts(StateKeys.Service).Select(service => service.Name));
        Assert.All(decision.Puts(StateKeys.Service), service => Assert.Equal((ServiceState.Initialized, 1), (service.State, service.StackRevision)));
        Assert.Equal(["stack shop", "service shop/db", "service shop/web"], decision.Announced());
    }

    [Fact]
    public void A_stack_with_a_mistake_leaves_nothing_behind()
    {
        var decision = Create(Some.Snapshot(), Some.StackRequest(Some.Request("web", "nope"), Some.Request("db") with { Image = null }));
        Assert.Null(decision.Batch);
        Assert.Equal("Refused; services.web.links: service web has missing links: nope; services.db.image: Image is required", decision.Reply.Show());
    }

    [Fact]
    public void Names_are_taken_until_the_last_container_is_gone()
    {
        var request = Some.StackRequest(Some.Request("web"));
        Assert.Equal("Refused; name: shop already exists", Create(Some.Snapshot(Shop), request).Reply.Show());
        Assert.Equal("Refused; name: shop already exists", Create(Some.Snapshot(Shop, Some.Service("shop/web")), request).Reply.Show());
        Assert.Equal("Refused; name: shop is being removed, try again in a moment", Create(Some.Snapshot(Shop with { RemovedAt = Some.Day }), request).Reply.Show());
    }

    [Fact]
    public void The_parent_may_come_in_either_form()
    {
        var request = Some.StackRequest(Some.Request("web"));
        Assert.Equal("a", Create(Some.Snapshot(), request with { Parent = new StackParentRequest("a"), ParentName = "b" }).Puts(StateKeys.Stack)[0].Parent);
        Assert.Equal("b", Create(Some.Snapshot(), request with { ParentName = "b" }).Puts(StateKeys.Stack)[0].Parent);
    }

    [Fact]
    public void An_update_without_a_difference_makes_no_revision()
    {
        var grid = Deployed();
        Assert.Null(Update(grid, Some.StackRequest(Some.Request("db"), Some.Request("web", "db"))).Batch);
    }

    [Fact]
    public void An_update_stores_a_revision_and_creates_only_new_services()
    {
        var decision = Update(Deployed(), Some.StackRequest(Some.Request("web", "db") with { Image = "web:2" }, Some.Request("db"), Some.Request("cache")) with { Labels = ["team=a"] });
        var stack = Assert.Single(decision.Puts(StateKeys.Stack));
        Assert.Equal((2, "team=a", Some.Now), (stack.Revision, stack.Latest.Labels[0], stack.Latest.CreatedAt));
        Assert.Equal(["cache"], decision.Puts(StateKeys.Service).Select(service => service.Name));
    }

    [Fact]
    public void Labels_alone_are_stored_without_a_revision_and_null_keeps_them()
    {
        var grid = Some.Snapshot(Shop with { Latest = Shop.Latest with { Labels = ["team=a"] } }, Some.Service("shop/web", "shop/db"), Some.Service("shop/db"));
        var same = Some.StackRequest(Some.Request("web", "db"), Some.Request("db"));
        Assert.Null(Update(grid, same).Batch);
        var cleared = Assert.Single(Update(grid, same with { Labels = [] }).Puts(StateKeys.Stack));
        Assert.Empty(cleared.Latest.Labels);
        Assert.Equal(1, cleared.Revision);
    }

    [Fact]
    public void A_service_that_another_stack_links_to_can_not_leave_the_file()
    {
        var grid = Some.Snapshot(Shop, Some.Service("shop/web", "shop/db"), Some.Service("shop/db"), Some.Service("other/app", "shop/db"));
        Assert.Equal(
            "Refused; services.db.service: Cannot delete service that is linked to another service (other/app)",
            Update(grid, Some.StackRequest(Some.Request("web"))).Reply.Show());
    }

    [Fact]
    public void A_service_of_the_own_stack_that_loses_its_link_does_not_hold_another_back() =>
        Assert.Equal("Done", Update(Deployed(), Some.StackRequest(Some.Request("web"))).Reply.Show());

    [Fact]
    public void Applying_creates_updates_and_removes_in_one_batch()
    {
        var latest = Some.Stack(Some.Request("web", "db") with { Image = "web:2" }, Some.Request("db"), Some.Request("cache")) with { Revision = 3 };
        var grid = Some.Snapshot(latest, Some.Service("shop/web", "shop/db"), Some.Service("shop/db"), Some.Service("shop/old"));
        var decision = Apply(grid);
        Assert.Equal(["db", "web", "cache"], decision.Reply.Services);
        var services = decision.Puts(StateKeys.Service).ToDictionary(service => service.Name);
        Assert.Equal((2, ServiceState.Running, 3), (services["web"].Revision, services["web"].State, services["web"].StackRevision));
        Assert.Equal("web:2", services["web"].Spec.Image);
        Assert.Equal((ServiceState.Running, 1), (services["cache"].State, services["cache"].Revision));
        Assert.Equal(Some.Now, services["old"].RemovedAt);
        Assert.Equal(7, decision.Batch!.Puts.Single(put => put.Key.Id == "shop/web").Expected);
    }

    [Fact]
    public void Applying_twice_changes_nothing_the_second_time()
    {
        var first = Apply(Deployed());
        var second = Apply(Some.Snapshot([Shop, .. first.Puts(StateKeys.Service)]));
        Assert.True(second.Batch!.IsEmpty);
        Assert.Equal(["db", "web"], second.Reply.Services);
    }

    [Fact]
    public void Applying_keeps_the_scale_and_values_that_the_file_leaves_empty()
    {
        var latest = Some.Stack(Some.Request("web") with { Env = ["PASSWORD="] });
        var running = Some.Service("shop/web");
        running = running with { Spec = running.Spec with { Instances = 4, Env = ["PASSWORD=hush"] } };
        var applied = Assert.Single(Apply(Some.Snapshot(latest, running)).Puts(StateKeys.Service));
        Assert.Equal(4, applied.Spec.Instances);
        Assert.Equal(["PASSWORD=hush"], applied.Spec.Env);
        Assert.Equal(1, applied.Revision);
    }

    [Fact]
    public void Applying_waits_for_a_service_that_is_still_being_removed()
    {
        var grid = Some.Snapshot(Shop, Some.Service("shop/web", "shop/db"), Some.Service("shop/db") with { RemovedAt = Some.Day });
        Assert.Contains("services.db.name: db is being removed, try again in a moment", Apply(grid).Reply.Result.Show(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_stack_that_another_links_into_stays()
    {
        var grid = Some.Snapshot(Shop, Some.Service("shop/web", "shop/db"), Some.Service("shop/db"), Some.Service("null/cron", "shop/web"));
        Assert.Equal("Refused; service: Cannot delete service that is linked from another stack (cron)", Remove(grid).Reply.Show());
    }

    [Fact]
    public void Removal_marks_stack_and_services_and_the_last_one_torn_down_takes_the_stack_along()
    {
        var marked = Remove(Deployed());
        var stack = Assert.Single(marked.Puts(StateKeys.Stack));
        var services = marked.Puts(StateKeys.Service);
        Assert.Equal((Some.Now, 2), (stack.RemovedAt, services.Count(service => service.RemovedAt == Some.Now)));
        Assert.Null(Remove(Some.Snapshot(stack)).Batch);

        Assert.Equal(["service shop/web 7", "service-revision uid-of-shop/web/1 -1"], TornDown(Some.Snapshot([stack, .. services]), "web").Deletes());
        Assert.Equal(["service shop/db 7", "service-revision uid-of-shop/db/1 -1", "stack shop 5"], TornDown(Some.Snapshot(stack, services.Single(one => one.Name == "db")), "db").Deletes());
    }

    [Fact]
    public void A_stack_without_services_goes_at_once() => Assert.Equal(["stack shop 5"], Remove(Some.Snapshot(Shop)).Deletes());

    [Fact]
    public void Stop_and_start_reach_every_live_service()
    {
        var grid = Some.Snapshot(Shop, Some.Service("shop/web"), Some.Service("shop/db") with { State = ServiceState.Stopped }, Some.Service("null/x"));
        var decision = SetStackStateDecision.Decide(grid, new SetStackState { Grid = "prod", Stack = "shop", State = ServiceState.Stopped }, Some.Now);
        Assert.Equal(["web"], decision.Puts(StateKeys.Service).Select(service => service.Name));
    }

    [Fact]
    public void Labels_are_patched_and_checked()
    {
        var grid = Some.Snapshot(Shop);
        var patch = new PatchStack { Grid = "prod", Stack = "shop", Labels = ["team=a"] };
        Assert.Equal(["team=a"], PatchStackDecision.Decide(grid, patch).Puts(StateKeys.Stack)[0].Latest.Labels);
        Assert.Equal("Refused; labels.[0]: Labels[0] isn't in the right format: name=value, the name of a-z, 0-9, . and -", PatchStackDecision.Decide(grid, patch with { Labels = ["Team"] }).Reply.Show());
        Assert.Null(PatchStackDecision.Decide(grid, patch with { Labels = null }).Batch);
    }

    [Fact]
    public void The_null_stack_and_missing_stacks_are_refused_everywhere()
    {
        var grid = Some.Snapshot(Shop);
        Assert.StartsWith("Refused; stack:", RemoveStackDecision.Decide(grid, new RemoveStack { Grid = "prod", Stack = "null" }, Some.Now).Reply.Show(), StringComparison.Ordinal);
        Assert.StartsWith("Refused; stack:", ApplyStackRevisionDecision.Decide(grid, new ApplyStackRevision { Grid = "prod", Stack = "null" }, Some.Now, Some.NewId).Reply.Result.Show(), StringComparison.Ordinal);
        Assert.Equal(CommandOutcome.NotFound, PatchStackDecision.Decide(grid, new PatchStack { Grid = "prod", Stack = "nope" }).Reply.Outcome);
        Assert.Equal(CommandOutcome.NotFound, SetStackStateDecision.Decide(grid, new SetStackState { Grid = "prod", Stack = "nope", State = ServiceState.Running }, Some.Now).Reply.Outcome);
    }

    private static GridSnapshot Deployed() => Some.Snapshot(Shop, Some.Service("shop/web", "shop/db"), Some.Service("shop/db"));

    private static Decision<CommandResult> Create(GridSnapshot grid, StackRequest request) =>
        CreateStackDecision.Decide(grid, new CreateStack { Grid = "prod", Request = request }, Some.Now, Some.NewId);

    private static Decision<CommandResult> Update(GridSnapshot grid, StackRequest request) =>
        UpdateStackDecision.Decide(grid, new UpdateStack { Grid = "prod", Stack = "shop", Request = request with { Name = null } }, Some.Now, Some.NewId);

    private static Decision<StackRevisionApplied> Apply(GridSnapshot grid) =>
        ApplyStackRevisionDecision.Decide(grid, new ApplyStackRevision { Grid = "prod", Stack = "shop" }, Some.Now, Some.NewId);

    private static Decision<CommandResult> Remove(GridSnapshot grid) => RemoveStackDecision.Decide(grid, new RemoveStack { Grid = "prod", Stack = "shop" }, Some.Now);

    private static Decision<CommandResult> TornDown(GridSnapshot grid, string service) => ServiceTornDownDecision.Decide(
        grid, new ServiceTornDown { Grid = "prod", Stack = "shop", Service = service, Uid = $"uid-of-shop/{service}" });
}

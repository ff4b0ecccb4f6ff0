using Kontena.Contracts.Commands;
using Kontena.Contracts.Deploys;
using Kontena.Contracts.Grids;
using Kontena.Contracts.Nodes;
using Kontena.Scheduler.Shards;
using Kontena.Scheduler.Tests.World;
using Kontena.State;
using Kontena.State.Documents;

namespace Kontena.Scheduler.Tests.Shards;

public sealed class GridLoopTests
{
    [Fact]
    public async Task From_a_deploy_to_its_orders_there_is_one_commit()
    {
        await using var grid = await new StoredGrid().WithNodesAsync(1);
        await grid.PutAsync(Some.Service(spec: Some.Spec(50)));
        var scheduler = grid.NewScheduler();
        await scheduler.PostAsync("test-grid", new GridInput.Sweep(), StoredGrid.Token);
        var before = grid.Store.Commits;
        var id = await StoredGrid.DeployAsync(scheduler);
        Assert.Equal(1, grid.Store.Commits - before);
        Assert.Equal(50, (await grid.OrdersAsync()).Count);
        Assert.Equal(DeployState.Ongoing, (await grid.DeployOfAsync(id)).State);
    }

    [Fact]
    public async Task Reports_that_pile_up_share_a_commit_and_end_the_deploy()
    {
        await using var grid = await new StoredGrid().WithNodesAsync(1);
        await grid.PutAsync(Some.Service(spec: Some.Spec(50)));
        var scheduler = grid.NewScheduler();
        var id = await StoredGrid.DeployAsync(scheduler);
        var orders = await grid.OrdersAsync();

        var gate = new TaskCompletionSource();
        grid.Store.Gate = gate.Task;
        var before = grid.Store.Commits;
        var reports = orders.Select(order => scheduler.PostAsync("test-grid", new GridInput.Report(StoredGrid.Ready(order)), StoredGrid.Token)).ToList();
        gate.SetResult();
        await Task.WhenAll(reports);
        Assert.InRange(grid.Store.Commits - before, 1, 3);
        Assert.Equal(DeployState.Success, (await grid.DeployOfAsync(id)).State);
    }

    [Fact]
    public async Task A_deploy_sees_the_newest_spec_before_its_announcement_arrives()
    {
        await using var grid = await new StoredGrid().WithNodesAsync(1);
        await grid.PutAsync(Some.Service() with { State = Contracts.Services.ServiceState.Initialized });
        var scheduler = grid.NewScheduler();
        await scheduler.PostAsync("test-grid", new GridInput.Sweep(), StoredGrid.Token);
        await grid.PutAsync(Some.Service(spec: Some.Spec(3)));
        await StoredGrid.DeployAsync(scheduler);
        Assert.Equal(3, (await grid.OrdersAsync()).Count);
    }

    [Fact]
    public async Task A_stack_deploy_reads_services_it_never_heard_of()
    {
        await using var grid = await new StoredGrid().WithNodesAsync(1);
        var scheduler = grid.NewScheduler();
        await scheduler.PostAsync("test-grid", new GridInput.Sweep(), StoredGrid.Token);
        await grid.PutAsync(Some.Service("db"));
        await grid.PutAsync(Some.Service("web"));
        var command = new DeployStack { Grid = "test-grid", Stack = "shop", Services = ["db", "web"] };
        var answer = await scheduler.PostAsync("test-grid", new GridInput.DeployAll("5aa6b0c47d1e2a0001000001", command), StoredGrid.Token);
        Assert.Equal(CommandOutcome.Done, answer!.Outcome);
        var deploy = await grid.Store.GetAsync(StateKeys.StackDeploy, "test-grid", answer.CreatedId!, StoredGrid.Token);
        Assert.Equal(DeployState.Ongoing, deploy!.Value.State);
    }

    [Fact]
    public async Task A_deploy_sees_a_drained_node_and_one_that_works_again_before_their_announcements_arrive()
    {
        await using var grid = await new StoredGrid().WithNodesAsync(2);
        await grid.PutAsync(Some.Service(spec: Some.Spec(2)));
        await grid.PutAsync(Some.Node(1) with { Availability = NodeAvailability.Drain });
        var scheduler = grid.NewScheduler();
        await scheduler.PostAsync("test-grid", new GridInput.Sweep(), StoredGrid.Token);

        await grid.PutAsync(Some.Node(1));
        await grid.PutAsync(Some.Node(2) with { Availability = NodeAvailability.Drain });
        await StoredGrid.DeployAsync(scheduler);

        var instances = await grid.Store.ListAsync(StateKeys.Instance, "test-grid", StoredGrid.Token);
        Assert.Equal(["node-1", "node-1"], instances.Select(one => one.Value.Node));
    }

    [Fact]
    public async Task Announced_changes_are_read_again()
    {
        await using var grid = await new StoredGrid().WithNodesAsync(1);
        var service = await grid.PutAsync(Some.Service());
        var scheduler = grid.NewScheduler();
        await StoredGrid.DeployAsync(scheduler);
        await grid.PutAsync(service with { State = Contracts.Services.ServiceState.Stopped });
        var fact = new GridFactChanged { Grid = "test-grid", Kind = "service", Id = "shop/web" };
        await scheduler.PostAsync("test-grid", new GridInput.FactChanged(fact), StoredGrid.Token);
        Assert.Equal(Contracts.Instances.DesiredState.Stopped, (await grid.OrdersAsync())[^1].Desired);
    }

    [Fact]
    public async Task A_scheduler_that_was_overtaken_commits_nothing_until_it_has_taken_over_again()
    {
        await using var grid = await new StoredGrid().WithNodesAsync(1);
        await grid.PutAsync(Some.Service(spec: Some.Spec(2)));
        var old = grid.NewScheduler();
        var id = await StoredGrid.DeployAsync(old);
        var young = grid.NewScheduler();
        foreach (var order in await grid.OrdersAsync())
            await young.PostAsync("test-grid", new GridInput.Report(StoredGrid.Ready(order)), StoredGrid.Token);
        Assert.Equal(DeployState.Success, (await grid.DeployOfAsync(id)).State);

        // It still believes the deploy to be under way; its commit is refused. Only what is delivered after that lets it read anew and decide on
        // the truth.
        await Assert.ThrowsAsync<EpochLostException>(() => StoredGrid.DeployAsync(old));
        Assert.Equal(2, await grid.EpochAsync());
        Assert.Single(await grid.Store.ListAsync(StateKeys.ServiceDeploy, "test-grid", StoredGrid.Token));
        var next = await StoredGrid.DeployAsync(old);
        Assert.Equal(DeployState.Ongoing, (await grid.DeployOfAsync(next)).State);
        Assert.Equal(DeployState.Success, (await grid.DeployOfAsync(id)).State);
        Assert.Equal(3, await grid.EpochAsync());
    }

    [Fact]
    public async Task A_scheduler_that_steps_down_gives_back_all_that_was_delivered_before()
    {
        await using var grid = await new StoredGrid().WithNodesAsync(1);
        await grid.PutAsync(Some.Service());
        var old = grid.NewScheduler();
        await StoredGrid.DeployAsync(old);
        await grid.NewScheduler().PostAsync("test-grid", new GridInput.Sweep(), StoredGrid.Token);

        var gate = new TaskCompletionSource();
        grid.Store.Gate = gate.Task;
        var first = StoredGrid.DeployAsync(old);
        await grid.Store.Arrived.WaitAsync(StoredGrid.Token);
        var waiting = Enumerable.Range(0, 600).Select(_ => old.PostAsync("test-grid", new GridInput.Sweep(), StoredGrid.Token)).ToList();
        gate.SetResult();
        await Assert.ThrowsAsync<EpochLostException>(() => first);
        foreach (var one in waiting)
            await Assert.ThrowsAsync<EpochLostException>(() => one);
        Assert.Equal(2, await grid.EpochAsync());
    }

    [Fact]
    public async Task A_scheduler_whose_store_was_away_does_not_take_a_grid_back_from_its_heir()
    {
        await using var grid = await new StoredGrid().WithNodesAsync(1);
        await grid.PutAsync(Some.Service());
        var old = grid.NewScheduler();
        await StoredGrid.DeployAsync(old);
        await grid.NewScheduler().PostAsync("test-grid", new GridInput.Sweep(), StoredGrid.Token);

        // It forgets what it knew and reads again, but nothing was delivered to it in between.
        grid.Store.Refuse = 1;
        await Assert.ThrowsAsync<EpochLostException>(() => StoredGrid.DeployAsync(old));
        Assert.Equal(2, await grid.EpochAsync());
    }

    [Fact]
    public async Task An_input_that_cannot_be_worked_fails_alone()
    {
        await using var grid = await new StoredGrid().WithNodesAsync(1);
        await grid.PutAsync(Some.Service(spec: Some.Spec(20)));
        var scheduler = grid.NewScheduler();
        var id = await StoredGrid.DeployAsync(scheduler);
        var orders = await grid.OrdersAsync();

        var gate = new TaskCompletionSource();
        grid.Store.Gate = gate.Task;
        var first = StoredGrid.DeployAsync(scheduler);
        await grid.Store.Arrived.WaitAsync(StoredGrid.Token);
        var reports = orders.Take(10).Select(Report).ToList();
        var poisoned = scheduler.PostAsync("test-grid", new GridInput.Release(null!), StoredGrid.Token);
        reports.AddRange(orders.Skip(10).Select(Report));
        gate.SetResult();

        await first;
        await Assert.ThrowsAsync<NullReferenceException>(() => poisoned);
        await Task.WhenAll(reports);
        Assert.Equal(DeployState.Success, (await grid.DeployOfAsync(id)).State);

        Task<CommandResult?> Report(Contracts.Instances.ApplyInstance order) =>
            scheduler.PostAsync("test-grid", new GridInput.Report(StoredGrid.Ready(order)), StoredGrid.Token);
    }

    [Fact]
    public async Task A_lost_answer_of_the_store_does_not_deploy_twice()
    {
        await using var grid = await new StoredGrid().WithNodesAsync(1);
        await grid.PutAsync(Some.Service(spec: Some.Spec(2)));
        var scheduler = grid.NewScheduler();
        await scheduler.PostAsync("test-grid", new GridInput.Sweep(), StoredGrid.Token);
        grid.Store.LoseAnswers = 1;
        var id = await StoredGrid.DeployAsync(scheduler);
        var deploys = await grid.Store.ListAsync(StateKeys.ServiceDeploy, "test-grid", StoredGrid.Token);
        Assert.Equal(id, Assert.Single(deploys).Value.Id);
        Assert.Equal(2, (await grid.Store.ListAsync(StateKeys.Instance, "test-grid", StoredGrid.Token)).Count);
    }

    [Fact]
    public async Task A_new_scheduler_goes_on_where_the_old_one_died()
    {
        await using var grid = await new StoredGrid().WithNodesAsync(1);
        await grid.PutAsync(Some.Service(spec: Some.Spec(3)));
        var id = await StoredGrid.DeployAsync(grid.NewScheduler());
        var heir = grid.NewScheduler();
        foreach (var order in await grid.OrdersAsync())
            await heir.PostAsync("test-grid", new GridInput.Report(StoredGrid.Ready(order)), StoredGrid.Token);
        var ended = await grid.DeployOfAsync(id);
        Assert.Equal(DeployState.Success, ended.State);
        Assert.Equal(3, (await grid.OrdersAsync()).Count);
    }

    [Fact]
    public async Task An_unknown_grid_is_not_found()
    {
        await using var grid = await new StoredGrid().WithNodesAsync(1);
        var command = new DeployService { Grid = "nowhere", Stack = "shop", Service = "web" };
        var answer = await grid.NewScheduler().PostAsync("nowhere", new GridInput.Deploy("x", command), StoredGrid.Token);
        Assert.Equal(CommandOutcome.NotFound, answer!.Outcome);
        Assert.Null(await grid.Store.GetAsync(StateKeys.SchedulerEpoch, "nowhere", "epoch", StoredGrid.Token));
    }

    [Fact]
    public async Task While_the_store_is_away_news_waits_and_is_not_lost()
    {
        await using var grid = await new StoredGrid().WithNodesAsync(1);
        await grid.PutAsync(Some.Service());
        var scheduler = grid.NewScheduler();
        var id = await StoredGrid.DeployAsync(scheduler);
        grid.Store.Refuse = 3;
        var order = Assert.Single(await grid.OrdersAsync());
        await scheduler.PostAsync("test-grid", new GridInput.Report(StoredGrid.Ready(order)), StoredGrid.Token);
        Assert.Equal(0, grid.Store.Refuse);
        Assert.Equal(DeployState.Success, (await grid.DeployOfAsync(id)).State);
    }
}

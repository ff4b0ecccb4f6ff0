using Kontena.Contracts.Commands;
using Kontena.Contracts.Deploys;
using Kontena.Contracts.Grids;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;
using Kontena.Contracts.Stacks;
using Kontena.Hosting.Bus;
using Kontena.State;

namespace Kontena.Api.Tests.Services;

/// <summary>Which commands a request becomes, and what their answers become.</summary>
public sealed class ServiceActionTests : IAsyncLifetime
{
    private const string DeployId = "5a0000000000000000000d01";
    private ApiUnderTest _api = null!;

    public async ValueTask InitializeAsync()
    {
        _api = await ApiUnderTest.StartAsync();
        await _api.SeedAsync();
        await _api.PutAsync(StateKeys.ServiceDeploy, "main", Some.ServiceDeploy(DeployId, DeployState.Created));
    }

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task Deploy_wants_it_running_and_then_rolls_it_out()
    {
        _api.Bus.Answer<SetServiceState>(_ => CommandResult.Done());
        _api.Bus.Answer<DeployService>(_ => CommandResult.Done(DeployId));

        var answer = await _api.PostAsync("/v1/services/main/shop/web/deploy", new { force = true });

        Assert.Equal((200, DeployId, "main/shop/web"), (answer.Status, (string?)answer.Json["id"], (string?)answer.Json["service_id"]));
        Assert.Equal(new SetServiceState { Grid = "main", Stack = "shop", Service = "web", State = ServiceState.Running, BumpRevision = true },
            _api.Bus.Single<SetServiceState>());
        Assert.Equal(Destination.GridManager, _api.Bus.DestinationOf<SetServiceState>());
        Assert.Equal(Destination.Scheduler("main"), _api.Bus.DestinationOf<DeployService>());
    }

    [Fact]
    public async Task Cancel_asks_the_scheduler_and_shows_the_deploy()
    {
        _api.Bus.Answer<CancelDeploy>(_ => CommandResult.Done(DeployId));

        Assert.Equal((200, DeployId), await Cancelled("/v1/services/main/shop/web/cancel"));
        Assert.Equal(new CancelDeploy { Grid = "main", Stack = "shop", Service = "web", By = "admin" }, _api.Bus.Single<CancelDeploy>());
        Assert.Equal(Destination.Scheduler("main"), _api.Bus.DestinationOf<CancelDeploy>());
        _api.Bus.Answer<CancelDeploy>(_ => CommandResult.Refused(new FieldError([], "no deploy of main/shop/web is under way; there is nothing to cancel")));
        var refused = await _api.PostAsync($"/v1/services/main/shop/web/deploys/{DeployId}/cancel");
        Assert.Equal(422, refused.Status);
        Assert.Contains("no deploy of main/shop/web is under way; there is nothing to cancel", refused.Error, StringComparison.Ordinal);
        Assert.Equal(404, (await _api.PostAsync("/v1/services/main/shop/nothing/cancel")).Status);

        async Task<(int, string?)> Cancelled(string path) => await _api.PostAsync(path) is var answer ? (answer.Status, (string?)answer.Json["id"]) : default;
    }

    [Fact]
    public async Task Rollback_goes_to_the_newest_good_revision_that_differs()
    {
        await KeepAsync(1, "acme/web:1.1", DeployState.Success);
        await KeepAsync(2, "acme/web:1.2", DeployState.Error);
        await KeepAsync(3, "acme/web:1.4", DeployState.Error);
        _api.Bus.Answer<RollbackService>(_ => CommandResult.Done());
        _api.Bus.Answer<DeployService>(_ => CommandResult.Done(DeployId));

        Assert.Equal(200, (await _api.PostAsync("/v1/services/main/shop/web/rollback", new { })).Status);
        Assert.Equal(new RollbackService { Grid = "main", Stack = "shop", Service = "web", ToRevision = 1 }, _api.Bus.Single<RollbackService>());

        var listed = await _api.GetAsync("/v1/services/main/shop/web/revisions");
        Assert.Equal([3, 2, 1], listed.Json["revisions"]!.AsArray().Select(one => (int)one!["revision"]!));
        Assert.Equal((true, "error"), ((bool)listed.Json["revisions"]![0]!["current"]!, (string?)listed.Json["revisions"]![0]!["deploy"]!["state"]));
        Assert.Equal("""["image"]""", listed.Json["revisions"]![1]!["changes"]!.ToJsonString());
    }

    [Fact]
    public async Task Rollback_without_anything_to_go_back_to_says_so()
    {
        await KeepAsync(2, "acme/web:1.2", DeployState.Error);

        var refused = await _api.PostAsync("/v1/services/main/shop/web/rollback", new { });
        Assert.Equal(422, refused.Status);
        Assert.Contains("no earlier revision that was deployed successfully", refused.Error, StringComparison.Ordinal);
        _api.Bus.Answer<RollbackService>(_ => CommandResult.Refused(FieldError.At("revision", "revision 7 is not there")));
        Assert.Equal("""{"revision":"revision 7 is not there"}""", (await _api.PostAsync("/v1/services/main/shop/web/rollback", new { revision = 7 })).Error);
    }

    private async Task KeepAsync(int revision, string image, DeployState state)
    {
        var service = Some.Service();
        await _api.PutAsync(StateKeys.ServiceRevision, "main", new ServiceRevision
        {
            Grid = "main", Stack = "shop", Service = "web", ServiceUid = service.Uid, Revision = revision,
            Spec = service.Spec with { Image = image }, Cause = "updated", CreatedAt = Some.Noon,
        });
        await _api.PutAsync(StateKeys.ServiceDeploy, "main",
            Some.ServiceDeploy($"5a0000000000000000000e{revision:00}", state) with { ServiceUid = service.Uid, ServiceRevision = revision });
    }

    [Fact]
    public async Task Scale_takes_a_number_also_as_text()
    {
        _api.Bus.Answer<SetServiceState>(_ => CommandResult.Done());
        _api.Bus.Answer<DeployService>(_ => CommandResult.Done(DeployId));

        Assert.Equal(200, (await _api.PostAsync("/v1/services/main/shop/web/scale", new { instances = "5" })).Status);
        Assert.Equal(5, _api.Bus.Single<SetServiceState>().Instances);
        Assert.Equal("""{"error":{"instances":"Instances can't be nil"}}""", (await _api.PostAsync("/v1/services/main/shop/web/scale", new { })).Text
            .Replace("\\u0027", "'"));
    }

    [Fact]
    public async Task Start_stop_and_restart_answer_an_empty_object()
    {
        _api.Bus.Answer<SetServiceState>(_ => CommandResult.Done());
        _api.Bus.Answer<RestartService>(_ => CommandResult.Done());

        foreach (var action in new[] { "stop", "restart" })
            Assert.Equal((200, "{}"), await Short($"/v1/services/main/shop/web/{action}", new { }));

        Assert.Equal(ServiceState.Stopped, _api.Bus.Single<SetServiceState>().State);
        Assert.Equal("web", _api.Bus.Single<RestartService>().Service);
        Assert.Equal((200, "{}"), await Short("/v1/services/main/shop/web/start"));
    }

    [Fact]
    public async Task An_environment_variable_replaces_its_older_value()
    {
        _api.Bus.Answer<UpdateService>(_ => CommandResult.Done());

        Assert.Equal((200, "{}"), await Short("/v1/services/main/shop/web/envs", new { env = "MODE=test" }));
        Assert.Equal(["MODE=test"], _api.Bus.Single<UpdateService>().Request.Env!);
        Assert.Equal("MODE=test", _api.Bus.Single<UpdateService>().SetEnv);
        Assert.Equal(422, (await _api.PostAsync("/v1/services/main/shop/web/envs", new { env = "=x" })).Status);
        Assert.Equal(422, (await _api.PostAsync("/v1/services/main/shop/web/envs")).Status);
    }

    [Fact]
    public async Task Removing_a_variable_that_is_not_there_changes_nothing()
    {
        _api.Bus.Answer<UpdateService>(_ => CommandResult.Done());

        Assert.Equal(200, (await _api.SendAsync(HttpMethod.Delete, "/v1/services/main/shop/web/envs/NOPE")).Status);
        Assert.Empty(_api.Bus.Asked);
        Assert.Equal(200, (await _api.SendAsync(HttpMethod.Delete, "/v1/services/main/shop/web/envs/MODE")).Status);
        Assert.Empty(_api.Bus.Single<UpdateService>().Request.Env!);
        Assert.Equal("MODE", _api.Bus.Single<UpdateService>().UnsetEnv);
    }

    [Fact]
    public async Task Removal_is_answered_when_the_service_is_gone()
    {
        Task? tearDown = null;
        async Task TearDownAsync()
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            await _api.DeleteAsync(StateKeys.Service, "main", "shop/web");
        }

        _api.Bus.Answer<RemoveService>(async _ =>
        {
            await _api.PutAsync(StateKeys.Service, "main", Some.Service() with { RemovedAt = Some.Noon });
            tearDown = TearDownAsync();
            return CommandResult.Done();
        });

        var answer = await _api.SendAsync(HttpMethod.Delete, "/v1/services/main/shop/web");

        Assert.Equal((200, "{}"), (answer.Status, answer.Text));
        await tearDown!;
        Assert.Equal(404, (await _api.GetAsync("/v1/services/main/shop/web")).Status);
    }

    [Fact]
    public async Task Removal_that_takes_long_says_where_it_hangs()
    {
        await using var api = await ApiUnderTest.StartAsync(options => options with { RemovalTimeout = TimeSpan.FromMilliseconds(400) });
        await api.SeedAsync();
        api.Bus.Answer<RemoveService>(async _ =>
        {
            await api.PutAsync(StateKeys.Service, "main", Some.Service() with { RemovedAt = Some.Noon });
            return CommandResult.Done();
        });

        var answer = await api.SendAsync(HttpMethod.Delete, "/v1/services/main/shop/web");

        Assert.Equal(503, answer.Status);
        Assert.Contains("main/shop/web is marked removed", answer.Error);
        Assert.Contains("core-01", answer.Error);

        Assert.Equal(503, (await api.SendAsync(HttpMethod.Delete, "/v1/services/main/shop/web")).Status);
        Assert.Equal("web", api.Bus.Single<RemoveService>().Service);
        await api.DeleteAsync(StateKeys.Service, "main", "shop/web");
        Assert.Equal(404, (await api.SendAsync(HttpMethod.Delete, "/v1/services/main/shop/web")).Status);
    }

    [Fact]
    public async Task A_refusal_keeps_its_places()
    {
        _api.Bus.Answer<CreateService>(_ => CommandResult.Refused(
            new FieldError(["name"], "is already taken"), new FieldError(["links", "[]"], "Service shop/x does not exist")));

        var answer = await _api.PostAsync("/v1/grids/main/services", new { name = "web", image = "x" });

        Assert.Equal((422, """{"name":"is already taken","links":["Service shop/x does not exist"]}"""), (answer.Status, answer.Error));
    }

    [Fact]
    public async Task What_vanished_meanwhile_is_not_found()
    {
        _api.Bus.Answer<SetServiceState>(_ => CommandResult.NotFound("Service main/shop/web does not exist"));

        var answer = await _api.PostAsync("/v1/services/main/shop/web/stop");

        Assert.Equal((404, """{"error":"Service main/shop/web does not exist"}"""), (answer.Status, answer.Text));
    }

    [Theory]
    [InlineData(typeof(StateUnavailableException), 503)]
    [InlineData(typeof(StateConflictException), 503)]
    [InlineData(typeof(InvalidOperationException), 500)]
    public async Task What_passes_by_itself_may_be_tried_again(Type cause, int status)
    {
        _api.Bus.Answer<SetServiceState>(_ => Task.FromException<object>(
            new BusFaultException("'grid-manager' could not answer SetServiceState: no store", cause.FullName)));

        var answer = await _api.PostAsync("/v1/services/main/shop/web/stop");

        Assert.Equal(status, answer.Status);
        Assert.Contains("could not answer SetServiceState: no store", answer.Error);
    }

    [Fact]
    public async Task Whoever_is_away_is_named()
    {
        var silent = await _api.PostAsync("/v1/services/main/shop/web/stop");
        _api.Bus.Answer<SetServiceState>(_ => CommandResult.Done());
        var noScheduler = await _api.PostAsync("/v1/services/main/shop/web/deploy");
        var noLogs = await _api.GetAsync("/v1/services/main/shop/web/container_logs");

        Assert.Equal([503, 503, 503], [silent.Status, noScheduler.Status, noLogs.Status]);
        Assert.Contains("grid-manager did not answer", silent.Error);
        Assert.Contains("the scheduler did not answer", noScheduler.Error);
        Assert.Contains("log-collector did not answer", noLogs.Error, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_stack_is_applied_and_then_deployed_in_order()
    {
        _api.Bus.Answer<ApplyStackRevision>(_ => new StackRevisionApplied { Result = CommandResult.Done(), Services = ["db", "web"] });
        _api.Bus.Answer<DeployStack>(async command =>
        {
            await _api.PutAsync(StateKeys.StackDeploy, "main", new StackDeploy
            {
                Id = "5a0000000000000000000d02", Grid = "main", Stack = "shop", State = DeployState.Created, Services = command.Services, CreatedAt = Some.Noon,
            });
            return CommandResult.Done("5a0000000000000000000d02");
        });

        var answer = await _api.PostAsync("/v1/stacks/main/shop/deploy");

        Assert.Equal("""{"id":"5a0000000000000000000d02","stack_id":"main/shop","created_at":"2026-03-01T12:00:00.000Z","state":"created","service_deploys":[]}""", answer.Text);
        Assert.Equal(["db", "web"], _api.Bus.Single<DeployStack>().Services);
    }

    [Fact]
    public async Task Creations_answer_201_with_what_was_made()
    {
        _api.Bus.Answer<CreateStack>(async command =>
        {
            await _api.PutAsync(StateKeys.Stack, "main", Some.Stack(command.Request.Name!));
            return CommandResult.Done();
        });
        _api.Bus.Answer<CreateService>(async command =>
        {
            await _api.PutAsync(StateKeys.Service, "main", Some.Service(command.Request.Name!, ServiceState.Initialized, "null"));
            return CommandResult.Done();
        });
        _api.Bus.Answer<CreateGrid>(async command =>
        {
            await _api.PutAsync(StateKeys.Grid, StateKeys.System, Some.Grid("merry-badger"));
            return CommandResult.Done("merry-badger");
        });

        var stack = await _api.PostAsync("/v1/grids/main/stacks", new { name = "blog", stack = "acme/blog", version = "1", source = "x", variables = new { a = 1 }, services = new[] { new { name = "a", image = "b" } } });
        var service = await _api.PostAsync("/v1/grids/main/services", new { name = "lone", image = "x", stateful = false });
        var grid = await _api.PostAsync("/v1/grids", new { name = (string?)null });

        Assert.Equal((201, "main/blog"), (stack.Status, (string?)stack.Json["id"]));
        Assert.Equal((201, "main/null/lone", "lone.main.kontena.local"), (service.Status, (string?)service.Json["id"], (string?)service.Json["dns"]));
        Assert.Equal((201, "merry-badger"), (grid.Status, (string?)grid.Json["name"]));
        Assert.Equal(1, _api.Bus.Single<CreateStack>().Request.Variables!.Value.GetProperty("a").GetInt32());
    }

    [Fact]
    public async Task Null_statsd_is_an_order_and_no_statsd_is_none()
    {
        _api.Bus.Answer<UpdateGrid>(_ => CommandResult.Done());

        await _api.SendAsync(HttpMethod.Put, "/v1/grids/main", "{}");
        await _api.SendAsync(HttpMethod.Put, "/v1/grids/main", """{"stats":{"statsd":null},"trusted_subnets":[]}""");
        var half = await _api.SendAsync(HttpMethod.Put, "/v1/grids/main", """{"stats":{"statsd":{"server":"x"}}}""");

        var updates = _api.Bus.Asked.Select(one => one.Message).OfType<UpdateGrid>().ToList();
        Assert.Equal([false, true], updates.Select(update => update.ClearStatsd));
        Assert.Null(updates[0].TrustedSubnets);
        Assert.Empty(updates[1].TrustedSubnets!);
        Assert.Equal((422, """{"stats":{"statsd":{"port":"Port is required"}}}"""), (half.Status, half.Error));
    }

    [Fact]
    public async Task Nodes_are_changed_and_forgotten_by_name_or_engine_id()
    {
        _api.Bus.Answer<UpdateNode>(_ => CommandResult.Done());
        _api.Bus.Answer<RemoveNode>(_ => CommandResult.Done());

        var changed = await _api.SendAsync(HttpMethod.Put, "/v1/nodes/main/ABCD:0001", new { labels = Array.Empty<string>(), availability = "drain" });
        var removed = await _api.SendAsync(HttpMethod.Delete, "/v1/nodes/main/core-01");

        Assert.Equal((200, 200, "{}"), (changed.Status, removed.Status, removed.Text));
        var update = _api.Bus.Single<UpdateNode>();
        Assert.Equal(("core-01", "drain", 0), (update.Node, update.Availability, update.Labels!.Count));
        Assert.Equal("core-01", _api.Bus.Single<RemoveNode>().Node);
    }

    [Fact]
    public async Task The_stack_of_stackless_services_can_be_read_but_not_changed()
    {
        Assert.Equal(200, (await _api.GetAsync("/v1/stacks/main/null")).Status);
        Assert.Equal(422, (await _api.PostAsync("/v1/stacks/main/null/deploy")).Status);
        Assert.Equal(422, (await _api.SendAsync(HttpMethod.Delete, "/v1/stacks/main/null")).Status);
        Assert.Equal(422, (await _api.SendAsync(HttpMethod.Put, "/v1/stacks/main/null", "{}")).Status);
    }

    [Fact]
    public async Task An_instance_is_released_by_its_id()
    {
        _api.Bus.Answer<ReleaseInstance>(_ => CommandResult.Done());

        Assert.Equal(200, (await _api.SendAsync(HttpMethod.Delete, $"/v1/services/main/shop/web/instances/{Some.InstanceId(2)}")).Status);
        Assert.Equal(Some.InstanceId(2), _api.Bus.Single<ReleaseInstance>().InstanceId);
        Assert.Equal(404, (await _api.SendAsync(HttpMethod.Delete, "/v1/services/main/shop/web/instances/5a9999999999999999999999")).Status);
    }

    private async Task<(int, string)> Short(string path, object? body = null)
    {
        var answer = await _api.PostAsync(path, body);
        return (answer.Status, answer.Text);
    }
}

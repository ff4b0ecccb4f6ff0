using Kontena.Contracts.Deploys;
using Kontena.Contracts.Events;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Services;
using Kontena.Scheduler.Events;
using Kontena.Scheduler.Snapshots;
using Kontena.Scheduler.Tests.World;

namespace Kontena.Scheduler.Tests.Events;

public sealed class GridEventTests
{
    private static string[] Messages(IEnumerable<GridEvent> events) => [.. events.Select(told => told.Message)];

    [Fact]
    public void A_deploy_is_told_from_its_beginning_over_each_instance_to_its_end()
    {
        var world = new GridWorld(nodes: 2);
        world.Put(Some.Service(spec: new ServiceSpec { Image = "web:1", Instances = 2 }));

        world.Finish(world.Deploy());

        Assert.Equal("service shop/web deploy started", world.Events[0].Message);
        Assert.Equal("service shop/web deployed", world.Events[^1].Message);
        foreach (var number in new[] { 1, 2 })
        {
            var own = Messages(world.Events.Where(told => told.Instance == number)).ToList();
            Assert.Equal([$"service shop/web-{number} instance created", $"service shop/web-{number} instance started"], own);
        }

        Assert.All(world.Events, told => Assert.Equal(("test-grid", "shop", "web"), (told.Grid, told.Stack, told.Service)));
    }

    [Fact]
    public void Nothing_is_told_while_nothing_happens()
    {
        var world = new GridWorld(nodes: 1);
        world.Put(Some.Service());
        world.Finish(world.Deploy());
        var told = world.Events.Count;

        world.Run(120);

        Assert.Equal(told, world.Events.Count);
    }

    [Fact]
    public void What_is_deployed_without_being_asked_for_says_why()
    {
        var world = new GridWorld(nodes: 2);
        world.Put(Some.Service());
        world.Finish(world.Deploy());

        world.Lose(world.Instances[0].Node!);
        world.Run(120);

        Assert.Contains(world.Events, told => told.Type == EventTypes.Scheduler && told.Message.StartsWith("service shop/web is deployed because ", StringComparison.Ordinal));
    }

    [Fact]
    public void Events_leave_with_the_commit_of_what_they_tell()
    {
        var world = new GridWorld(nodes: 1);
        world.Put(Some.Service());
        var deploy = new ServiceDeploy
        {
            Id = "1", Grid = "test-grid", Stack = "shop", Service = "web", ServiceUid = "uid", State = DeployState.Ongoing, DeployRev = "1", CreatedAt = world.Now, StartedAt = world.Now,
        };
        var draft = new GridDraft(world.Snapshot);
        draft.ServiceDeploys.Put(deploy);
        draft.TellAll(GridEvents.Of(draft), () => "5a0000000000000000000901", world.Now);

        var batch = draft.ToBatch();

        Assert.Equal([Destination.Event("test-grid", EventTypes.ServiceDeploy)], batch.Messages.Select(one => one.Destination));
        Assert.Contains("5a0000000000000000000901", Assert.Single(batch.Messages).Body, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failed_deploy_tells_why_but_not_what_a_container_wrote()
    {
        var before = new ServiceDeploy
        {
            Id = "1", Grid = "prod", Stack = "null", Service = "web", ServiceUid = "uid", State = DeployState.Ongoing, DeployRev = "1", CreatedAt = Some.Start, StartedAt = Some.Start,
        };
        var error = "GridServiceInstanceDeployer::ServiceError: exited with code 1; its last lines:\npassword=s3cr3t";
        var after = before with
        {
            State = DeployState.Error,
            Reason = "halting deploy: web-1 on core-01: exited with code 1; its last lines:\npassword=s3cr3t",
            InstanceDeploys = [new InstanceDeploy { Number = 1, Node = "core-01", State = DeployState.Error, Error = error }],
        };

        Assert.Equal(
            ["service web-1 was not deployed: exited with code 1", "service web deploy failed: halting deploy: web-1 on core-01: exited with code 1"],
            Messages(DeployEvents.CourseOfService(before, after)));
        Assert.All(DeployEvents.CourseOfService(before, after), told => Assert.Equal(EventSeverity.Error, told.Severity));
        Assert.Empty(DeployEvents.CourseOfService(after, after));
    }

    [Fact]
    public void What_changes_back_and_forth_within_a_step_is_told_once()
    {
        var world = new GridWorld(nodes: 1);
        var deploy = new StackDeploy { Id = "1", Grid = "prod", Stack = "shop", State = DeployState.Created, Services = ["web"], CreatedAt = Some.Start };
        var draft = new GridDraft(world.Snapshot);
        draft.StackDeploys.Put(deploy);
        draft.StackDeploys.Put(deploy with { State = DeployState.Ongoing });
        draft.StackDeploys.Put(deploy with { State = DeployState.Success });

        Assert.Equal(["stack shop deploy started", "stack shop deployed"], Messages(GridEvents.Of(draft)));
    }
}

using Kontena.Contracts.Instances;
using Kontena.NodeAgent.Instances;
using Kontena.NodeAgent.Instances.Steps;
using Kontena.NodeAgent.Orders;
using Kontena.NodeAgent.Tests.Support;
using Xunit;

namespace Kontena.NodeAgent.Tests.Instances;

/// <summary>A successor whose predecessor is gone, while somebody else has the instance's name: an instance as any other, but for its name.</summary>
public class TakenNameTests
{
    private static readonly DateTimeOffset Now = Some.Noon.AddMinutes(5);
    private static readonly InstanceSpec Spec = Some.Spec() with { ReplaceOrder = InstanceSpec.StartFirst };
    private static readonly ContainerSight Running = Some.Container() with { Name = SuccessorName.Of(Spec.Name) };

    /// <summary>The rename has just failed, and is due again.</summary>
    private static readonly InstanceMemory Refused = new() { Generation = 1, Ready = Start.Of(Running), Served = Start.Of(Running), Error = "the name is taken", RetryAt = Now };

    private static InstancePlan Plan(InstanceOrder order, ContainerSight seen, InstanceMemory? memory = null, bool leaseOver = false) =>
        StartFirst.Plan(order, seen, next: null, memory ?? Refused, Now, leaseOver);

    [Fact]
    public void A_healthy_container_takes_the_name_and_tries_again_later_when_it_is_refused()
    {
        Assert.Equal([new RenameContainer(Running.Id, Spec.Name)], Plan(Some.Order(Spec), Running).Steps);
        var refused = Plan(Some.Order(Spec), Running, Refused with { RetryAt = Now.AddSeconds(9) });
        Assert.Empty(refused.Steps);
        Assert.Equal(Now.AddSeconds(9), refused.LookAgainAt);
    }

    [Fact]
    public void A_crash_is_noted_and_the_container_started_again()
    {
        var crashed = Running with { Running = false, State = "exited", FinishedAt = Now.AddSeconds(-1), ExitCode = 1 };

        Assert.IsType<NoteExit>(Assert.Single(Plan(Some.Order(Spec), crashed).Steps));
        Assert.Contains(new StartContainer(crashed.Id), Plan(Some.Order(Spec), crashed, Refused with { NotedExit = Start.Of(crashed) }).Steps);
    }

    [Fact]
    public void It_is_stopped_when_that_is_ordered_or_its_lease_is_over()
    {
        Assert.IsType<StopContainer>(Plan(Some.Order(Spec, desired: DesiredState.Stopped), Running).Steps[^1]);
        Assert.IsType<StopContainer>(Assert.Single(Plan(Some.Order(Spec), Running, leaseOver: true).Steps));
    }

    [Fact]
    public void It_is_restarted_when_somebody_asks() =>
        Assert.Equal(["LeaveNames", "RestartContainer", "AwaitReady"], Plan(Some.Order(Spec) with { RestartRequestedAt = Now }, Running).Steps.Select(step => step.GetType().Name));

    [Fact]
    public void A_new_revision_waits_for_the_name_rather_than_stopping_what_serves()
    {
        foreach (var order in new[] { InstanceSpec.StartFirst, null })
        {
            var wanted = Some.Order(Some.Spec(deployRev: "d2", revision: 2) with { ReplaceOrder = order }, generation: 2);
            Assert.Equal([new RenameContainer(Running.Id, Spec.Name)], Plan(wanted, Running).Steps);
        }
    }

    [Fact]
    public void A_new_revision_replaces_what_does_not_run()
    {
        var ended = Running with { Running = false, State = "exited", FinishedAt = Now.AddSeconds(-1) };
        var wanted = Some.Order(Some.Spec(deployRev: "d2", revision: 2) with { ReplaceOrder = InstanceSpec.StartFirst }, generation: 2);

        Assert.Contains(new CreateContainer(Spec.Name), Plan(wanted, ended).Steps);
    }
}

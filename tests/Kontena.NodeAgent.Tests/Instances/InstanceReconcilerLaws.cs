using FsCheck;
using FsCheck.Fluent;
using Kontena.Contracts.Instances;
using Kontena.Docker;
using Kontena.NodeAgent.Instances;
using Kontena.NodeAgent.Instances.Steps;
using Kontena.NodeAgent.Orders;
using Kontena.NodeAgent.Tests.Support;
using Xunit;

namespace Kontena.NodeAgent.Tests.Instances;

/// <summary>What holds for every order, container and memory. The machine here is a model: steps do what they say and nothing fails.</summary>
public class InstanceReconcilerLaws
{
    private static readonly DateTimeOffset Now = Some.Noon.AddMinutes(5);

    private sealed record Case(InstanceOrder Order, ContainerSight? Seen, InstanceMemory Memory);

    private static readonly Gen<Case> Cases =
        from desired in Gen.Elements(DesiredState.Running, DesiredState.Stopped, DesiredState.Removed)
        from generation in Gen.Choose(1, 3)
        from revision in Gen.Choose(1, 3)
        from deploy in Gen.Elements("d1", "d2")
        from stateful in Gen.Elements(true, false)
        from removeData in Gen.Elements(true, false)
        from net in Gen.Elements("bridge", "host")
        from state in Gen.Elements("none", "created", "running", "exited", "dead", "broken")
        from seenRevision in Gen.Choose(1, 3)
        from seenDeploy in Gen.Elements("d1", "d2")
        from knowsImage in Gen.Elements(true, false)
        from isReady in Gen.Elements(true, false)
        from noted in Gen.Elements(true, false)
        from retry in Gen.Choose(-10, 10)
        from restart in Gen.Choose(0, 2)
        select Build(desired, generation, revision, deploy, stateful, removeData, net, state, seenRevision, seenDeploy, knowsImage, isReady, noted, retry, restart);

    private static Case Build(
        DesiredState desired, int generation, int revision, string deploy, bool stateful, bool removeData, string net, string state,
        int seenRevision, string seenDeploy, bool knowsImage, bool isReady, bool noted, int retry, int restart)
    {
        var spec = Some.Spec(deployRev: deploy, revision: revision) with { Stateful = stateful, Net = net };
        var order = Some.Order(spec, generation, desired) with
        {
            RemoveData = removeData && desired == DesiredState.Removed,
            RestartRequestedAt = restart == 0 ? null : Some.Noon.AddSeconds(restart * 2 - 2),
        };
        var seen = state == "none"
            ? null
            : Some.Container(state == "running", seenDeploy, seenRevision) with
            {
                State = state == "broken" ? "created" : state,
                EngineError = state == "broken" ? "port is already allocated" : "",
                Stateful = stateful,
            };
        var memory = new InstanceMemory
        {
            Generation = generation,
            Image = knowsImage ? new ResolvedImage(deploy, new ImageDetails("sha256:one", [], [], [], [])) : null,
            Ready = isReady && seen is not null ? Start.Of(seen) : null,
            NotedExit = noted && seen is not null ? Start.Of(seen) : null,
            RetryAt = retry == 0 ? null : Now.AddSeconds(retry),
        };
        return new Case(order, seen, memory);
    }

    [Fact]
    public void Reconciled_twice_the_second_plan_is_empty() => Check(one =>
    {
        var (settled, now) = Settle(one, Now);
        var again = InstanceReconciler.Plan(settled.Order, settled.Seen, settled.Memory, now);
        return again.Steps.Count == 0 && again.LookAgainAt is null;
    });

    [Fact]
    public void Settled_means_as_ordered() => Check(one =>
    {
        var (settled, _) = Settle(one, Now);
        return settled.Order.Desired switch
        {
            DesiredState.Running => settled.Seen is { Running: true } && InstanceReconciler.IsCurrent(settled.Order, settled.Seen, settled.Memory),
            DesiredState.Stopped => settled.Seen is not { Running: true },
            _ => settled.Seen is null && settled.Order.Done,
        };
    });

    [Fact]
    public void A_container_that_nobody_ordered_is_never_touched() => Check(one =>
        InstanceReconciler.Plan(null, one.Seen, one.Memory, Now).Steps.Count == 0);

    [Fact]
    public void Data_goes_only_when_the_order_says_so() => Check(one =>
    {
        var steps = StepsToTheEnd(one);
        return steps.OfType<RemoveDataVolumes>().All(_ => one.Order is { Desired: DesiredState.Removed, RemoveData: true })
            && (!one.Order.Spec!.Stateful || steps.OfType<RemoveContainer>().All(step => !step.AnonymousVolumes));
    });

    [Fact]
    public void Nothing_is_stopped_before_the_image_of_its_successor_is_here() => Check(one =>
    {
        if (one.Order.Desired != DesiredState.Running)
            return true;
        var imageKnown = one.Memory.Image?.DeployRev == one.Order.Spec!.DeployRev;
        foreach (var step in StepsToTheEnd(one))
        {
            imageKnown |= step is PullImage;
            if (step is StopContainer or RemoveContainer && !imageKnown)
                return false;
        }

        return true;
    });

    [Fact]
    public void A_healthy_current_container_is_left_alone() => Check(one =>
    {
        if (one is not { Order.Desired: DesiredState.Running, Seen: { Running: true } seen })
            return true;
        var fresh = one with
        {
            Order = one.Order with { RestartRequestedAt = null },
            Seen = seen with { ServiceRevision = one.Order.Spec!.ServiceRevision, DeployRev = one.Order.Spec.DeployRev },
            Memory = one.Memory with { Ready = Start.Of(seen) },
        };
        return InstanceReconciler.Plan(fresh.Order, fresh.Seen, fresh.Memory, Now).Steps.Count == 0;
    });

    [Fact]
    public void While_the_back_off_lasts_nothing_is_done() => Check(one =>
    {
        var waiting = one with { Memory = one.Memory with { RetryAt = Now.AddSeconds(1) } };
        return InstanceReconciler.Plan(waiting.Order, waiting.Seen, waiting.Memory, Now).Steps.Count == 0;
    });

    [Fact]
    public void An_older_generation_changes_nothing() => Check(one =>
    {
        var older = Some.Apply(Some.Spec(deployRev: "other"), one.Order.Generation - 1);
        var removal = new RemoveInstance { InstanceId = older.InstanceId, Generation = one.Order.Generation - 1, Name = "x", RemoveData = true };
        return OrderRules.Take(one.Order, older, Now) is null && OrderRules.Take(one.Order, removal, Now) is null;
    });

    private static void Check(Func<Case, bool> law) =>
        Prop.ForAll(Cases.ToArbitrary(), law).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    private static List<InstanceStep> StepsToTheEnd(Case one)
    {
        List<InstanceStep> steps = [];
        Settle(one, Now, steps);
        return steps;
    }

    private static (Case Settled, DateTimeOffset Now) Settle(Case one, DateTimeOffset now, List<InstanceStep>? done = null)
    {
        for (var round = 0; round < 10; round++)
        {
            var plan = InstanceReconciler.Plan(one.Order, one.Seen, one.Memory, now);
            if (plan.Steps.Count == 0 && plan.LookAgainAt is null)
                break;
            now = plan.LookAgainAt ?? now;
            foreach (var step in plan.Steps)
            {
                done?.Add(step);
                now = now.AddSeconds(1);
                one = After(one, step, now);
            }
        }

        return (one, now);
    }

    private static Case After(Case one, InstanceStep step, DateTimeOffset now)
    {
        var spec = one.Order.Spec!;
        return step switch
        {
            PullImage pull => one with { Memory = one.Memory with { Image = new ResolvedImage(pull.DeployRev, new ImageDetails("sha256:one", [], [], [], [])) } },
            StopContainer => one with { Seen = one.Seen! with { Running = false, State = "exited", FinishedAt = now }, Memory = one.Memory with { NotedExit = Start.Of(one.Seen), Ready = null } },
            RemoveContainer => one with { Seen = null },
            CreateContainer => one with
            {
                Seen = Some.Container(running: false, spec.DeployRev, spec.ServiceRevision) with { Id = $"new-{now.Ticks}", State = "created", StartedAt = null, FinishedAt = null, Stateful = spec.Stateful },
            },
            StartContainer or RestartContainer => one with
            {
                Seen = one.Seen! with { Running = true, State = "running", StartedAt = now, FinishedAt = null },
            },
            AwaitReady => one with { Memory = one.Memory with { Ready = Start.Of(one.Seen!), RetryAt = null } },
            NoteExit note => one with { Memory = one.Memory with { NotedExit = Start.Of(note.Exited), RetryAt = now.AddSeconds(4), Ready = null } },
            ConfirmRemoval => one with { Order = one.Order with { Done = true } },
            _ => one,
        };
    }
}

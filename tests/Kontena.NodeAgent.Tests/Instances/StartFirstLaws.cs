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

/// <summary>What holds for a replacement that starts first, wherever it is cut short: the agent, the engine or a container dies between any two steps, and newer
/// orders come at any time. The machine is a model of an engine that keeps containers by name.</summary>
public class StartFirstLaws
{
    private const string Name = "shop.web-1";

    [Fact]
    public void However_it_is_cut_short_there_is_one_container_in_the_end() => Check(seed =>
    {
        var machine = new Model(seed);
        machine.Storm(fails: false);
        machine.Settle();
        return machine.Order.Desired switch
        {
            DesiredState.Running => machine.Containers is [{ Name: Name, Running: true } only] && machine.IsCurrent(only),
            DesiredState.Stopped => machine.Containers is [] or [{ Name: Name, Running: false }],
            _ => machine.Containers is [] && machine.Order.Done,
        };
    });

    [Fact]
    public void Nothing_that_runs_is_stopped_before_its_successor_serves() => Check(seed =>
    {
        var machine = new Model(seed);
        machine.Storm(fails: true);
        Assert.True(machine.Gaps.Count == 0, string.Join(Environment.NewLine, machine.Gaps));
        return true;
    });

    [Fact]
    public void A_successor_that_never_gets_ready_leaves_the_old_one_alone() => Check(seed =>
    {
        var machine = new Model(seed) { Fate = seed % 2 == 0 ? "exits" : "port closed" };
        machine.Place("old", running: true, "d1", 1);
        machine.Take(Order(2, "d2", revision: 2));
        for (var steps = 0; steps < 60; steps++)
            machine.Step();
        return machine.Containers.Any(one => one is { Id: "old", Running: true, Name: Name }) && machine.Memory is { Error: not null, FailedSuccessors: > 0 };
    });

    private static void Check(Func<int, bool> law) =>
        Prop.ForAll(Gen.Choose(1, int.MaxValue - 1).ToArbitrary(), law).Check(Config.QuickThrowOnFailure.WithMaxTest(1500));

    private static InstanceOrder Order(long generation, string deploy, int revision, bool startFirst = true, DesiredState desired = DesiredState.Running) =>
        Some.Order(Some.Spec(deployRev: deploy, revision: revision) with { ReplaceOrder = startFirst ? InstanceSpec.StartFirst : null, WaitForPort = 80 }, generation, desired);

    private sealed class Model(int seed)
    {
        private readonly Random _chance = new(seed);
        private readonly Dictionary<string, ContainerSight> _containers = new(StringComparer.Ordinal);
        private DateTimeOffset _now = Some.Noon.AddMinutes(5);
        private int _made;

        public InstanceOrder Order { get; private set; } = StartFirstLaws.Order(1, "d1", 1);
        public InstanceMemory Memory { get; private set; } = new() { Generation = 1 };

        /// <summary>Of containers that are started: <c>well</c>, <c>exits</c> or <c>port closed</c>.</summary>
        public string Fate { get; set; } = "well";

        /// <summary>Each time that the last one that ran was stopped for a replacement that keeps it.</summary>
        public List<string> Gaps { get; } = [];

        public IReadOnlyList<ContainerSight> Containers => [.. _containers.Values];

        public bool IsCurrent(ContainerSight one) => InstanceReconciler.IsCurrent(Order, one, Memory);

        public void Place(string id, bool running, string deploy, int revision) => _containers[Name] = Some.Container(running, deploy, revision) with { Id = id, Name = Name };

        /// <summary>Many orders and mishaps, with any number of steps between them.</summary>
        public void Storm(bool fails)
        {
            for (var round = 0; round < 40; round++)
            {
                switch (_chance.Next(12))
                {
                    case 0 or 1:
                        Fate = fails ? new[] { "well", "exits", "port closed" }[_chance.Next(3)] : "well";
                        var desired = _chance.Next(8) switch { 0 => DesiredState.Stopped, 1 => DesiredState.Removed, _ => DesiredState.Running };
                        Take(StartFirstLaws.Order(Order.Generation + 1, $"d{_chance.Next(1, 4)}", _chance.Next(1, 4), _chance.Next(4) > 0, desired));
                        break;
                    case 2:
                        Memory = new InstanceMemory { Generation = Order.Generation }; // the agent was killed
                        break;
                    case 3 when _chance.Next(3) == 0:
                        foreach (var name in _containers.Keys.ToList())
                            End(name); // the engine was killed, or the machine rebooted
                        break;
                    case 4 when _containers.Count > 0:
                        End(_containers.Keys.ElementAt(_chance.Next(_containers.Count)));
                        break;
                    default:
                        Step(cutShort: _chance.Next(3) == 0);
                        break;
                }
            }

            Fate = "well";
        }

        public void Take(InstanceOrder order)
        {
            Order = order with { TakenAt = _now };
            Memory = new InstanceMemory { Generation = order.Generation, Ready = Memory.Ready, Served = Memory.Served, NotedExit = Memory.NotedExit };
        }

        public void Settle()
        {
            for (var rounds = 0; rounds < 60; rounds++)
                Step();
        }

        /// <summary>One plan, or its beginning.</summary>
        public void Step(bool cutShort = false)
        {
            var (seen, next) = Look();
            Memory = Kontena.NodeAgent.Health.CheckFindings.Settle(Memory, Order, next ?? seen);
            var plan = StartFirst.Plan(Order, seen, next, Memory, _now);
            if (plan.Steps.Count == 0)
                _now = plan.LookAgainAt ?? _now.AddSeconds(1);
            var subject = plan.OnSuccessor ? next : seen;
            foreach (var step in plan.Steps.Take(cutShort ? _chance.Next(plan.Steps.Count + 1) : int.MaxValue))
            {
                _now = _now.AddSeconds(1);
                NoteGap(step);
                if (!Carry(step, ref subject))
                    break;
            }
        }

        private (ContainerSight? Seen, ContainerSight? Next) Look()
        {
            var seen = _containers.GetValueOrDefault(Name);
            var next = _containers.GetValueOrDefault(SuccessorName.Of(Name));
            return seen is null ? (next, null) : (seen, next);
        }

        private void NoteGap(InstanceStep step)
        {
            var id = step switch { StopContainer stop => stop.ContainerId, RemoveContainer remove => remove.ContainerId, _ => null };
            var going = _containers.Values.FirstOrDefault(one => one.Id == id);
            if (going is not { Running: true } || Order.Desired != DesiredState.Running || !StartFirst.Applies(Order, going))
                return;
            // A successor may go while the old one runs; the old one only while what is wanted now was found ready.
            var stays = _containers.Values.Any(one => one.Id != id && one.Running
                && (going.Name != Name || (IsCurrent(one) && Memory.Ready == Start.Of(one))));
            if (!stays)
                Gaps.Add($"{step} while {string.Join(", ", _containers.Values.Select(one => $"{one.Id} {one.Name} {one.State} {one.DeployRev} r{one.ServiceRevision} current={IsCurrent(one)}"))}; wanted {Order.Spec!.DeployRev} r{Order.Spec.ServiceRevision}");
        }

        private bool Carry(InstanceStep step, ref ContainerSight? subject)
        {
            switch (step)
            {
                case PullImage pull:
                    Memory = Memory with { Image = new ResolvedImage(pull.DeployRev, new ImageDetails("sha256:" + pull.DeployRev, [], [], [], [])) };
                    return true;
                case CreateContainer create:
                    Assert.False(_containers.ContainsKey(create.Name), $"{create.Name} is there already");
                    subject = _containers[create.Name] = Some.Container(running: false, Order.Spec!.DeployRev, Order.Spec.ServiceRevision) with
                    {
                        Id = $"made-{++_made}", Name = create.Name, State = "created", StartedAt = null, FinishedAt = null, ImageId = "sha256:" + Order.Spec.DeployRev,
                    };
                    return true;
                case StartContainer or RestartContainer:
                    subject = _containers[subject!.Name] = subject with { Running = true, State = "running", StartedAt = _now, FinishedAt = null };
                    if (Fate == "exits")
                        subject = End(subject.Name);
                    return true;
                case AwaitReady:
                    if (subject is not { Running: true } || _containers.GetValueOrDefault(subject.Name)?.Running != true)
                        return false;
                    if (Fate == "port closed" && subject.Id.StartsWith("made", StringComparison.Ordinal) && IsCurrent(subject))
                    {
                        _now = subject.StartedAt!.Value + AwaitReady.PortDeadline;
                        Memory = Memory with { Error = "port 80 accepted no connection", RetryAt = _now.AddSeconds(1) };
                        return false;
                    }

                    Memory = Memory with { Ready = Start.Of(subject), Error = null, RetryAt = null };
                    return true;
                case StopContainer stop:
                    if (_containers.Values.FirstOrDefault(one => one.Id == stop.ContainerId) is { } stopped)
                        stopped = End(stopped.Name);
                    return true;
                case RemoveContainer remove:
                    foreach (var gone in _containers.Values.Where(one => one.Id == remove.ContainerId).ToList())
                        _containers.Remove(gone.Name);
                    subject = null;
                    return true;
                case RenameContainer rename:
                    Assert.False(_containers.ContainsKey(rename.Name), $"the name {rename.Name} is taken");
                    var renamed = _containers.Values.First(one => one.Id == rename.ContainerId);
                    _containers.Remove(renamed.Name);
                    _containers[rename.Name] = renamed with { Name = rename.Name };
                    return true;
                case NoteExit note:
                    Memory = Memory with { NotedExit = Start.Of(note.Exited), RetryAt = _now.AddSeconds(4), Ready = null };
                    return true;
                case NoteFailedSuccessor:
                    Memory = Memory with { FailedSuccessors = Memory.FailedSuccessors + 1, Error = "it failed", RetryAt = _now.AddSeconds(4) };
                    return true;
                case ConfirmRemoval:
                    Order = Order with { Done = true };
                    return true;
                default:
                    return true;
            }
        }

        private ContainerSight End(string name) =>
            _containers[name] = _containers[name].Running ? _containers[name] with { Running = false, State = "exited", FinishedAt = _now } : _containers[name];
    }
}

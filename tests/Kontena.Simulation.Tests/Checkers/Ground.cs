using Kontena.Contracts.Instances;
using Kontena.Simulation.Tests.Nodes;

namespace Kontena.Simulation.Tests.Checkers;

/// <summary>What really runs and what data is really there, seen from outside of the product.</summary>
internal sealed class Ground(World world)
{
    private const string OneWriter = "one stateful instance never has two writers";

    private readonly Dictionary<(string Uid, int Number), List<(Machine Machine, SimContainer Container)>> _running = [];
    private readonly Dictionary<(string Uid, int Number), List<Machine>> _data = [];
    private readonly HashSet<(string Uid, int Number)> _released = [];
    private readonly HashSet<string> _begun = new(StringComparer.Ordinal);
    private readonly List<(Machine Machine, SimContainer Container)> _runs = [];
    private readonly HashSet<string> _disowned = new(StringComparer.Ordinal);

    /// <summary>Starts of containers so far, but of those that are run once.</summary>
    public long Starts { get; private set; }

    /// <summary>What is run once and has not ended.</summary>
    public IReadOnlyList<(Machine Machine, SimContainer Container)> Runs => _runs;

    public IEnumerable<(Machine Machine, SimContainer Container)> Running => _running.Values.SelectMany(static one => one);

    /// <summary>Somebody asked to take the instance off its node; its data stays behind knowingly.</summary>
    public void Released(Instance instance) => _released.Add((instance.ServiceUid, instance.Number));

    /// <summary>Somebody removed the node's record: what it holds is given up knowingly, until everything has come to rest again.</summary>
    public void Disowned(string machine) => _disowned.Add(machine);

    public void CameToRest() => _disowned.RemoveWhere(name => world.Machines.Any(machine => machine.Name == name && machine.IsOn));

    /// <summary>Whether a container of the run was ever started.</summary>
    public bool HasBegun(string run) => _begun.Contains(run);

    public void Started(Machine machine, SimContainer container)
    {
        // Instances are numbered from 1 on.
        if (container.Spec.Number == 0)
        {
            world.Trace.Note(machine.Process, "run starts", container.Spec.Name);
            _runs.Add((machine, container));
            if (!_begun.Add(container.InstanceId))
                world.Break("what is run once is started once", $"{container.Spec.Name} starts on {machine.Name}, and had been started before");
            return;
        }

        Starts++;
        world.Trace.Note(machine.Process, "container starts", container.Spec.Name, container.Generation);
        var same = ListOf(_running, container.Spec);
        same.Add((machine, container));
        if (same.Count(one => one.Machine == machine) > (container.Spec.ReplaceOrder is null ? 1 : 2))
            world.Break("an instance runs once on its node, and twice only while it is replaced", $"{container.Spec.Name} starts on {machine.Name}, where {string.Join(", ", same.Select(one => one.Container.Name))} run");
        if (container.Spec.Stateful && !_disowned.Contains(machine.Name) && same.Find(one => one.Machine != machine && !_disowned.Contains(one.Machine.Name)) is { Machine: { } other })
            world.Break(OneWriter, $"{container.Spec.Name} starts on {machine.Name} while it runs on {other.Name}");
    }

    public void Stopped(Machine machine, SimContainer container)
    {
        world.Trace.Note(machine.Process, "container stops", container.Spec.Name);
        if (_runs.RemoveAll(one => one.Container == container) > 0)
            return;
        ListOf(_running, container.Spec).RemoveAll(one => one.Container == container);
    }

    public void VolumeMade(Machine machine, SimVolume volume)
    {
        world.Trace.Note(machine.Process, "volume is made", volume.Name);
        var key = (volume.Spec.ServiceUid, volume.Spec.Number);
        var holders = ListOf(_data, volume.Spec);
        if (!_released.Contains(key) && holders.Find(one => one != machine && !_disowned.Contains(one.Name)) is { } holder)
            world.Break("no stateful instance starts empty elsewhere", $"{volume.Spec.Name} gets an empty volume on {machine.Name}, its data is on {holder.Name}");
        holders.Add(machine);
    }

    public void VolumeRemoved(Machine machine, SimVolume volume)
    {
        world.Trace.Note(machine.Process, "volume is removed", volume.Name);
        ListOf(_data, volume.Spec).Remove(machine);
        if (!world.State.RemovedServices.Contains(volume.Spec.ServiceUid))
            world.Break("data goes only with its service", $"{volume.Name} on {machine.Name} is removed, but nobody removed the service");
    }

    private static List<T> ListOf<T>(Dictionary<(string, int), List<T>> lists, InstanceSpec spec)
    {
        var key = (spec.ServiceUid, spec.Number);
        if (!lists.TryGetValue(key, out var list))
            lists[key] = list = [];
        return list;
    }
}

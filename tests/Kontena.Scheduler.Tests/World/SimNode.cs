using Kontena.Contracts.Instances;
using Kontena.Contracts.Volumes;

namespace Kontena.Scheduler.Tests.World;

/// <summary>A node-agent as the node protocol describes it, without Docker: generations grow, absence is no order, every change is
/// reported.</summary>
/// <remarks>Images behave by name: <c>bad:*</c> fails, <c>never:*</c> never gets ready, <c>slow:*</c> pulls for ten minutes, <c>flaky:*</c> fails for
/// a minute; the rest is ready after two seconds.</remarks>
internal sealed class SimNode(string grid, string name, string nodeId)
{
    private readonly Dictionary<string, SimInstance> _instances = new(StringComparer.Ordinal);
    private readonly HashSet<string> _changed = new(StringComparer.Ordinal);
    private long _sequence;

    public string Name { get; set; } = name;

    public string NodeId => nodeId;

    /// <summary>Orders reach it and reports leave it.</summary>
    public bool IsConnected { get; set; } = true;

    /// <summary>Whether the agent has looked at all its instances since it started; until then it gives no digest.</summary>
    public bool HasLooked { get; set; } = true;

    /// <summary>The agent's process; null for one that does not tell.</summary>
    public string? Run { get; set; }

    /// <summary>What the agent says of the names it was told; null for an agent that wants none.</summary>
    public string? NamesDigest { get; set; }

    /// <summary>What a tag means to this node now; null for an agent that does not tell.</summary>
    public Func<string, string?> Tags { get; set; } = _ => null;

    public Queue<object> Inbox { get; } = new();

    public IEnumerable<SimInstance> Containers => _instances.Values.Where(one => one.HasContainer);

    /// <summary>How a container that is started once ends, and after how many seconds; null for one that goes on.</summary>
    public Func<InstanceSpec, (int Code, int Seconds)?> Ends { get; set; } = _ => (0, 3);

    /// <summary>Containers that were started once, by instance id: twice would be wrong.</summary>
    public List<string> Begun { get; } = [];

    public int Restarts { get; private set; }

    public int Applies { get; private set; }

    /// <summary>Docker volumes of the grid's volumes, by name, with the id of the volume that each was made for.</summary>
    public Dictionary<string, string> Volumes { get; } = new(StringComparer.Ordinal);

    /// <summary>Instances whose data was ordered to go.</summary>
    public List<string> DataRemoved { get; } = [];

    /// <summary>Takes the orders that have arrived and lets time do its work; what changed is returned as reports.</summary>
    public List<object> Step(DateTimeOffset now)
    {
        var reports = new List<object>();
        while (IsConnected && Inbox.TryDequeue(out var order))
            Take(order, now, reports);
        foreach (var instance in _instances.Values)
        {
            if (Progress(instance, now) | _changed.Remove(instance.Id))
                reports.Add(Report(instance));
        }

        return reports;
    }

    /// <summary>The agent's process was started again on a clock that was set back; every instance is reported anew.</summary>
    public IReadOnlyList<InstanceObserved> Restart(string run)
    {
        (Run, _sequence) = (run, 0);
        return [.. _instances.Values.Select(Report)];
    }

    /// <summary>The machine lost everything it knew and ran.</summary>
    public void Wipe() => _instances.Clear();

    /// <summary>A container nobody ordered, under an instance id.</summary>
    public void Plant(string instanceId, InstanceSpec spec, long generation) => _instances[instanceId] = new SimInstance(instanceId)
    {
        Generation = generation, Spec = spec, Desired = DesiredState.Running, HasContainer = true, State = ObservedState.Running, Ready = true,
        DeployRev = spec.DeployRev, Revision = spec.ServiceRevision, Sequence = ++_sequence,
    };

    public void SetHealth(string instanceId, string health)
    {
        _instances[instanceId].Health = health;
        _changed.Add(instanceId);
    }

    public NodeSynced Sync() => new()
    {
        Grid = grid, Node = Name, NodeId = nodeId, Run = Run, UpTo = Run is null ? null : _sequence,
        Instances = [.. _instances.Values.Where(one => one.State != ObservedState.Removed).Select(Observed)],
    };

    public string Digest() => !HasLooked ? "" : ObservedDigest.Of(_instances.Values.Select(Observed));

    private void Take(object order, DateTimeOffset now, List<object> reports)
    {
        switch (order)
        {
            case ApplyInstance apply:
                Applies++;
                var known = _instances.GetValueOrDefault(apply.InstanceId) ?? new SimInstance(apply.InstanceId);
                _instances[apply.InstanceId] = known;
                if (apply.Generation < known.Generation)
                {
                    reports.Add(Observed(known)); // an order that says nothing new is answered with the last report
                    return;
                }

                if (apply.Generation > known.Generation)
                    Begin(known, apply, Tags, now);
                foreach (var mount in apply.Spec.Volumes.Where(one => one.Source is not null))
                    Volumes.TryAdd(mount.Volume!, mount.Source!.Uid);
                reports.Add(Report(known));
                break;
            case RemoveInstance remove:
                var gone = _instances.GetValueOrDefault(remove.InstanceId) ?? new SimInstance(remove.InstanceId);
                if (remove.Generation < gone.Generation)
                    return;
                gone.Generation = remove.Generation;
                gone.HasContainer = false;
                gone.Ready = false;
                gone.State = ObservedState.Removed;
                if (remove.RemoveData)
                    DataRemoved.Add(remove.Name);
                _instances[remove.InstanceId] = gone;
                reports.Add(Report(gone));
                break;
            case RemoveVolume remove:
                // As the agent does it: another volume's data is none of this order's.
                if (Volumes.GetValueOrDefault(remove.Name) == remove.VolumeUid)
                    Volumes.Remove(remove.Name);
                reports.Add(new VolumeObserved
                {
                    Grid = grid, Node = Name, NodeId = nodeId, Name = remove.Name, Volume = remove.Volume, VolumeUid = remove.VolumeUid,
                    State = VolumeState.Removed,
                });
                break;
            case RestartInstance:
                Restarts++;
                break;
            case SyncNode:
                reports.Add(Sync());
                break;
        }
    }

    private static void Begin(SimInstance instance, ApplyInstance apply, Func<string, string?> tags, DateTimeOffset now)
    {
        instance.Generation = apply.Generation;
        instance.Spec = apply.Spec;
        instance.Desired = apply.Desired;
        instance.Error = null;
        if (apply.Spec.RunOnce is not null && SimRun.Take(instance, apply, now))
            return;
        if (apply.Desired == DesiredState.Stopped)
        {
            instance.HasContainer = instance.Ready = false;
            instance.State = ObservedState.Stopped;
            return;
        }

        instance.Tag = tags;
        var isSameImage = (apply.Spec.ImagePin ?? tags(apply.Spec.Image)) == instance.Pin || tags(apply.Spec.Image) is null;
        if (instance.HasContainer && instance.Revision == apply.Spec.ServiceRevision && isSameImage)
        {
            instance.DeployRev = apply.Spec.DeployRev;
            instance.State = ObservedState.Running;
            instance.Ready = true;
            return;
        }

        instance.BegunAt = now;
        instance.IsBeside = instance is { HasContainer: true, Ready: true } && apply.Spec.ReplaceOrder == InstanceSpec.StartFirst;
        if (instance.IsBeside)
            return;
        instance.HasContainer = instance.Ready = false;
        instance.State = apply.Spec.Image.StartsWith("slow", StringComparison.Ordinal) ? ObservedState.Pulling : ObservedState.Starting;
    }

    private bool Progress(SimInstance instance, DateTimeOffset now)
    {
        if (instance.Spec?.RunOnce is not null && instance.StartedAt is not null)
            return SimRun.Progress(instance, Ends(instance.Spec), now);
        if (instance is { Error: not null, Spec: { } again } && again.Image.StartsWith("flaky", StringComparison.Ordinal) && now - instance.BegunAt > TimeSpan.FromMinutes(1))
            instance.Error = null;
        if (instance.Desired != DesiredState.Running || (instance.Ready && !instance.IsBeside) || instance.Error is not null || instance.Spec is null
            || instance.State is ObservedState.Removed or ObservedState.Stopped)
        {
            return false;
        }

        var image = instance.Spec.Image;
        if (image.StartsWith("never", StringComparison.Ordinal))
            return false;
        var takes = image.StartsWith("slow", StringComparison.Ordinal) ? TimeSpan.FromMinutes(10) : TimeSpan.FromSeconds(2);
        if (now - instance.BegunAt < takes)
            return false;
        if (image.StartsWith("flaky", StringComparison.Ordinal) && now - instance.BegunAt <= TimeSpan.FromMinutes(1))
        {
            instance.Error = "the registry answers 503";
            return true;
        }

        if (image.StartsWith("bad", StringComparison.Ordinal))
        {
            instance.State = instance.IsBeside ? ObservedState.Running : ObservedState.Restarting;
            instance.IsBeside = false;
            instance.Error = "container exited with code 3: boom";
            return true;
        }

        instance.HasContainer = true;
        instance.IsBeside = false;
        instance.State = ObservedState.Running;
        instance.Ready = instance.Spec.RunOnce is null;
        if (instance.Spec.RunOnce is not null)
        {
            instance.StartedAt = now;
            Begun.Add(instance.Id);
        }

        instance.Pin = instance.Spec.ImagePin ?? instance.Tag(image);
        instance.DeployRev = instance.Spec.DeployRev;
        instance.Revision = instance.Spec.ServiceRevision;
        return true;
    }

    private string AddressOf(int number) =>
        $"10.{nodeId.Aggregate(7u, (hash, one) => unchecked((hash * 31) + one)) % 250}.{number / 200}.{2 + (number % 200)}";

    private InstanceObserved Report(SimInstance instance)
    {
        instance.Sequence = ++_sequence;
        return Observed(instance);
    }

    private InstanceObserved Observed(SimInstance instance) => new()
    {
        Grid = grid, Node = Name, NodeId = nodeId, InstanceId = instance.Id, Generation = instance.Generation, Sequence = instance.Sequence, Run = Run,
        State = instance.State, Ready = instance.Ready, Error = instance.Error, DeployRev = instance.DeployRev,
        StartedAt = instance.StartedAt, FinishedAt = instance.FinishedAt, ExitCode = instance.ExitCode,
        Health = instance.Health, ImagePin = instance.Pin, ServiceRevision = instance.Revision, ContainerId = instance.HasContainer ? "c-" + instance.Id : null, ContainerName = instance.Spec?.Name,
        Address = instance.HasContainer ? AddressOf(instance.Spec?.Number ?? 0) : null,
    };
}

internal sealed class SimInstance(string id)
{
    public string Id => id;

    public long Generation { get; set; }

    public InstanceSpec? Spec { get; set; }

    public DesiredState Desired { get; set; }

    public bool HasContainer { get; set; }

    public ObservedState State { get; set; }

    public bool Ready { get; set; }

    /// <summary>What was ordered is started beside what serves.</summary>
    public bool IsBeside { get; set; }

    public string? Error { get; set; }

    public string? Health { get; set; }

    public string? DeployRev { get; set; }

    /// <summary>What its container was made from.</summary>
    public string? Pin { get; set; }

    public Func<string, string?> Tag { get; set; } = _ => null;

    public int? Revision { get; set; }

    public long Sequence { get; set; }

    public DateTimeOffset BegunAt { get; set; }

    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }

    public int? ExitCode { get; set; }
}

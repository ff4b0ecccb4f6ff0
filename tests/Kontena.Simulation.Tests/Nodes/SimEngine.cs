using Kontena.Contracts.Instances;
using Kontena.NodeAgent.Instances;

namespace Kontena.Simulation.Tests.Nodes;

/// <summary>The container engine of one machine: what is on it stays when the agent dies, and stops when the machine does.</summary>
internal sealed class SimEngine(World world, Machine machine)
{
    private readonly SortedDictionary<string, SimContainer> _byName = new(StringComparer.Ordinal);
    private int _made;

    public IEnumerable<SimContainer> Containers => _byName.Values;

    public HashSet<string> Images { get; } = new(StringComparer.Ordinal);

    /// <summary>By name.</summary>
    public SortedDictionary<string, SimVolume> Volumes { get; } = new(StringComparer.Ordinal);

    public SimContainer? Find(string name) => _byName.GetValueOrDefault(name);

    public SimContainer? OfInstance(string instanceId) => _byName.Values.FirstOrDefault(one => one.InstanceId == instanceId);

    /// <summary>As an agent looks for it: by its id at the last look, else by name, else by label.</summary>
    public SimContainer? Look(string instanceId, string? knownId, string? name) =>
        _byName.Values.FirstOrDefault(one => one.Id == knownId) ?? OfName(instanceId, name) ?? OfInstance(instanceId);

    public SimContainer? OfName(string instanceId, string? name) =>
        name is not null && Find(name) is { } found && found.InstanceId == instanceId ? found : null;

    /// <summary>False when the name is taken.</summary>
    public bool Rename(SimContainer container, string name)
    {
        if (!_byName.TryAdd(name, container))
            return false;
        _byName.Remove(container.Name);
        container.Name = name;
        return true;
    }

    public SimContainer? Create(InstanceSpec spec, string name, string instanceId, long generation, string imageId, DateTimeOffset now)
    {
        if (_byName.ContainsKey(name))
            return null;
        return _byName[name] = new SimContainer
        {
            Name = name, Id = $"{machine.Name}-{++_made}", Spec = spec, InstanceId = instanceId, Generation = generation, ImageId = imageId, CreatedAt = now,
        };
    }

    /// <summary>Null when it runs; else why it does not.</summary>
    public string? Start(SimContainer container, DateTimeOffset now)
    {
        if (container.Running)
            return null;
        foreach (var other in _byName.Values)
        {
            if (other.Running && other.Spec.Ports.Any(held => container.Spec.Ports.Any(wanted => wanted.NodePort == held.NodePort)))
                return container.EngineError = $"port is already allocated by {other.Spec.Name}";
        }

        (container.Running, container.State, container.EngineError) = (true, "running", "");
        (container.StartedAt, container.FinishedAt) = (now, null);
        world.Ground.Started(machine, container);
        return null;
    }

    public void Stop(SimContainer container, DateTimeOffset now, int exitCode)
    {
        if (!container.Running)
            return;
        (container.Running, container.State, container.FinishedAt, container.ExitCode) = (false, "exited", now, exitCode);
        world.Ground.Stopped(machine, container);
    }

    public void Remove(SimContainer container, DateTimeOffset now)
    {
        Stop(container, now, 137);
        if (Find(container.Name) == container)
            _byName.Remove(container.Name);
    }

    public void EnsureVolume(string name, InstanceSpec spec, string instanceId)
    {
        if (Volumes.ContainsKey(name))
            return;
        Volumes[name] = new SimVolume(name, spec, instanceId);
        world.Ground.VolumeMade(machine, Volumes[name]);
    }

    public void RemoveVolume(string name)
    {
        if (Volumes.Remove(name, out var volume))
            world.Ground.VolumeRemoved(machine, volume);
    }
}

internal sealed class SimContainer
{
    public required string Id { get; init; }
    public required string Name { get; set; }
    public required InstanceSpec Spec { get; init; }
    public required string InstanceId { get; init; }
    public required long Generation { get; init; }
    public required string ImageId { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public string State { get; set; } = "created";
    public bool Running { get; set; }
    public DateTimeOffset? StartedAt { get; set; }
    public DateTimeOffset? FinishedAt { get; set; }
    public int ExitCode { get; set; }
    public string EngineError { get; set; } = "";

    /// <summary>As an inspection shows it.</summary>
    public ContainerSight Sight() => new()
    {
        Id = Id,
        Name = Name,
        State = State,
        Running = Running,
        InstanceId = InstanceId,
        Generation = Generation,
        DeployRev = Spec.DeployRev,
        ServiceRevision = Spec.ServiceRevision,
        StopGracePeriod = Spec.StopGracePeriod,
        Stack = Spec.Stack,
        Service = Spec.Service,
        Number = Spec.Number,
        Stateful = Spec.Stateful,
        Image = Spec.Image,
        ImageId = ImageId,
        CreatedAt = CreatedAt,
        StartedAt = StartedAt,
        FinishedAt = FinishedAt,
        ExitCode = ExitCode,
        EngineError = EngineError,
        Address = Running ? "10.81.1.2" : null,
    };
}

/// <summary>A data volume: whose it is says the label, as with the real ones.</summary>
internal sealed record SimVolume(string Name, InstanceSpec Spec, string InstanceId);

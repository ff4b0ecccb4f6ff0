using Kontena.Docker;

namespace Kontena.Testing.Docker;

/// <summary>A container of the fake engine. Change it through the engine, so that events are raised; the numbers below may be set at will.</summary>
public sealed class FakeContainer
{
    internal FakeContainer(string id, string name, string imageId, ContainerConfig config, DateTimeOffset createdAt) =>
        (Id, Name, ImageId, Config, CreatedAt) = (id, name, imageId, config, createdAt);

    public string Id { get; }
    public string Name { get; internal set; }
    public string ImageId { get; }

    /// <summary>As it was asked for.</summary>
    public ContainerConfig Config { get; }
    public DateTimeOffset CreatedAt { get; }
    public string State { get; internal set; } = "created";
    public bool Running => State == "running";
    public int Pid { get; internal set; }
    public int ExitCode { get; internal set; }
    public bool OomKilled { get; internal set; }
    public string? Health { get; internal set; }
    public DateTimeOffset? StartedAt { get; internal set; }
    public DateTimeOffset? FinishedAt { get; internal set; }
    public int Starts { get; internal set; }

    /// <summary>Network name to how the container appears there.</summary>
    public IReadOnlyDictionary<string, EndpointConfig> Networks => Endpoints;

    public long CpuTotal { get; set; }
    public long MemoryUsage { get; set; } = 1024 * 1024;
    public long NetworkRx { get; set; }
    public long NetworkTx { get; set; }

    internal Dictionary<string, EndpointConfig> Endpoints { get; } = [];
    internal Dictionary<string, string> Addresses { get; } = [];
    internal List<MountPoint> Mounts { get; } = [];
    internal List<string> AnonymousVolumes { get; } = [];
    internal List<ContainerLogLine> Log { get; } = [];

    /// <summary>Set anew whenever there is something for a follower to see.</summary>
    internal TaskCompletionSource Changed { get; set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>How often its log streams were ended from outside, and before which line the last time.</summary>
    internal (int Times, int Line) LogEnds { get; set; }

    internal bool Removed { get; set; }

    internal ContainerSummary Summary() => new()
    {
        Id = Id, Name = Name, Image = Config.Image, ImageId = ImageId, State = State, Health = Health, CreatedAt = CreatedAt, Labels = Config.Labels,
    };

    internal ContainerDetails Details() => new()
    {
        Id = Id,
        Name = Name,
        Image = Config.Image,
        ImageId = ImageId,
        State = State,
        Running = Running,
        ExitCode = ExitCode,
        OomKilled = OomKilled,
        Pid = Pid,
        CreatedAt = CreatedAt,
        StartedAt = StartedAt,
        FinishedAt = FinishedAt,
        Health = Health,
        Labels = Config.Labels,
        Addresses = Addresses.ToDictionary(a => a.Key, a => Running ? a.Value : ""),
        Mounts = [.. Mounts],
    };

    internal void Signal()
    {
        var changed = Changed;
        Changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.TrySetResult();
    }
}

using System.Text.Json.Nodes;
using Kontena.Docker;

namespace Kontena.Testing.Docker;

/// <summary>
/// A Docker Engine in memory, for tests of what stands above it. Containers, networks, volumes and images behave as the real
/// ones where it matters to a caller: names and ports conflict, missing things are 404, states change with events.
/// <see cref="Calls"/> records what was asked and makes calls fail or wait; the methods without <c>Async</c> are the test's
/// own hand: what a real container would do by itself.
/// </summary>
public sealed partial class FakeContainerEngine(TimeProvider? time = null) : IContainerEngine
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly Lock _lock = new();
    private readonly List<FakeContainer> _containers = [];
    private int _ids;

    public EngineCalls Calls { get; } = new();

    public EngineInfo Info { get; set; } = new()
    {
        Id = "FAKE:ENGINE", HostName = "fake", OperatingSystem = "Debian GNU/Linux 12 (bookworm)", KernelVersion = "6.1.0", ServerVersion = "20.10.24",
        StorageDriver = "overlay2", RootDir = "/var/lib/docker", Cpus = 4, MemoryTotal = 8L << 30, VolumeDrivers = ["local"], NetworkDrivers = ["bridge", "host", "null"],
    };

    /// <summary>Called under the engine's lock at each start; an answer other than null makes the container exit at once with that code.</summary>
    public Func<FakeContainer, int?> ExitAtStart { get; set; } = static _ => null;

    /// <summary>Called under the engine's lock at each start: the verdict with which the image's HEALTHCHECK begins; null without one.</summary>
    public Func<FakeContainer, string?> HealthAtStart { get; set; } = static _ => null;

    /// <summary>All containers, oldest first.</summary>
    public IReadOnlyList<FakeContainer> Containers
    {
        get
        {
            lock (_lock) return [.. _containers];
        }
    }

    /// <summary>By id or name; fails the test when there is none.</summary>
    public FakeContainer Container(string container)
    {
        lock (_lock) return Existing(container);
    }

    /// <summary>The container's process ends by itself.</summary>
    public void Die(string container, int exitCode, bool oom = false)
    {
        lock (_lock)
        {
            var found = Existing(container);
            if (!found.Running) return;
            if (oom) Raise(found, "oom");
            found.OomKilled = oom;
            End(found, exitCode);
        }
    }

    /// <summary>The container's HEALTHCHECK came to a new verdict.</summary>
    public void SetHealth(string container, string health)
    {
        lock (_lock)
        {
            var found = Existing(container);
            found.Health = health;
            Raise(found, $"health_status: {health}");
        }
    }

    /// <summary>The engine was stopped and started: without a restart policy its containers are down, and its streams broke.</summary>
    public void RestartEngine()
    {
        lock (_lock)
        {
            foreach (var container in _containers.Where(c => c.Running).ToList())
            {
                End(container, 137);
                if (container.Config.RestartPolicy is "always" or "unless-stopped") Start(container);
            }

            _events.BreakAll();
        }
    }

    public async Task<EngineInfo> InfoAsync(CancellationToken cancellationToken)
    {
        await Calls.EnterAsync("Info", "", cancellationToken);
        return Info;
    }

    public async Task<IReadOnlyList<ContainerSummary>> ListContainersAsync(IReadOnlyList<string> labels, CancellationToken cancellationToken)
    {
        await Calls.EnterAsync("ListContainers", string.Join(',', labels), cancellationToken);
        lock (_lock) return [.. _containers.Where(c => Carries(c.Config.Labels, labels)).Select(c => c.Summary())];
    }

    public async Task<ContainerDetails?> InspectContainerAsync(string container, CancellationToken cancellationToken)
    {
        await Calls.EnterAsync("InspectContainer", container, cancellationToken);
        lock (_lock) return Find(container)?.Details();
    }

    public async Task<JsonObject?> DescribeContainerAsync(string container, CancellationToken cancellationToken)
    {
        await Calls.EnterAsync("DescribeContainer", container, cancellationToken);
        lock (_lock)
        {
            return Find(container) is not { } found ? null : new JsonObject
            {
                ["Id"] = found.Id,
                ["Name"] = "/" + found.Name,
                ["Image"] = found.ImageId,
                ["State"] = new JsonObject { ["Status"] = found.State, ["Pid"] = found.Pid },
                // As the real one: what the image says stands behind what the container was given.
                ["Config"] = new JsonObject { ["Env"] = new JsonArray([.. found.Config.Env.Concat(FindImage(found.ImageId)?.Env ?? []).Select(one => JsonValue.Create(one))]) },
            };
        }
    }

    public async Task<ProcessTable?> ProcessesAsync(string container, CancellationToken cancellationToken)
    {
        await Calls.EnterAsync("Processes", container, cancellationToken);
        lock (_lock)
        {
            return Find(container) switch
            {
                null => null,
                { Running: false } found => throw new EngineException(409, $"Container {found.Id} is not running"),
                var found => new ProcessTable(["UID", "PID", "CMD"], [["root", $"{found.Pid}", string.Join(' ', found.Config.Cmd ?? ["init"])]]),
            };
        }
    }

    public async Task<CreatedContainer> CreateContainerAsync(string name, ContainerConfig config, CancellationToken cancellationToken)
    {
        await Calls.EnterAsync("CreateContainer", name, cancellationToken);
        lock (_lock)
        {
            if (FindImage(config.Image) is not { } image) throw new EngineException(404, $"No such image: {config.Image}");
            if (_containers.Find(c => c.Name == name) is { } other)
                throw new EngineException(409, $"Conflict. The container name \"/{name}\" is already in use by container \"{other.Id}\". You have to remove (or rename) that container to be able to reuse that name.");

            var container = new FakeContainer(NewId(), name, image.Id, config, _time.GetUtcNow());
            Mount(container, image);
            _containers.Add(container);
            if (config.NetworkMode is not "none" && !config.NetworkMode.StartsWith("container:", StringComparison.Ordinal))
                container.Endpoints[config.NetworkMode] = config.Endpoint ?? new EndpointConfig();
            Raise(container, "create");
            return new CreatedContainer(container.Id, []);
        }
    }

    public async Task RenameContainerAsync(string container, string name, CancellationToken cancellationToken)
    {
        await Calls.EnterAsync("RenameContainer", container, cancellationToken);
        lock (_lock)
        {
            var found = Existing(container);
            if (_containers.Find(c => c.Name == name) is { } other)
                throw new EngineException(409, $"Error when allocating new name: Conflict. The container name \"/{name}\" is already in use by container \"{other.Id}\".");
            found.Name = name;
            Raise(found, "rename");
        }
    }

    public async Task StartContainerAsync(string container, CancellationToken cancellationToken)
    {
        await Calls.EnterAsync("StartContainer", container, cancellationToken);
        lock (_lock)
        {
            var found = Existing(container);
            if (!found.Running) Start(found);
        }
    }

    public async Task StopContainerAsync(string container, TimeSpan grace, CancellationToken cancellationToken)
    {
        await Calls.EnterAsync("StopContainer", container, cancellationToken);
        lock (_lock)
        {
            if (Find(container) is { Running: true } found) Stop(found);
        }
    }

    public async Task RestartContainerAsync(string container, TimeSpan grace, CancellationToken cancellationToken)
    {
        await Calls.EnterAsync("RestartContainer", container, cancellationToken);
        lock (_lock)
        {
            var found = Existing(container);
            if (found.Running) Stop(found);
            Start(found);
            Raise(found, "restart");
        }
    }

    public async Task RemoveContainerAsync(string container, bool force, bool anonymousVolumes, CancellationToken cancellationToken)
    {
        await Calls.EnterAsync("RemoveContainer", container, cancellationToken);
        lock (_lock)
        {
            if (Find(container) is not { } found) return;
            if (found.Running && !force)
                throw new EngineException(409, $"You cannot remove a running container {found.Id}. Stop the container before attempting removal or force remove");
            if (found.Running)
            {
                Raise(found, "kill");
                End(found, 137);
            }

            _containers.Remove(found);
            found.Removed = true;
            found.Signal();
            if (anonymousVolumes)
                foreach (var volume in found.AnonymousVolumes) _volumes.Remove(volume);
            Raise(found, "destroy");
        }
    }

    private void Start(FakeContainer container)
    {
        ClaimPorts(container);
        JoinNetworks(container);
        container.Starts++;
        container.State = "running";
        container.Pid = 1000 + _ids++;
        container.ExitCode = 0;
        container.OomKilled = false;
        container.Health = HealthAtStart(container);
        container.StartedAt = _time.GetUtcNow();
        Raise(container, "start");
        if (ExitAtStart(container) is { } code) End(container, code);
    }

    private void Stop(FakeContainer container)
    {
        Raise(container, "kill");
        End(container, 137);
        Raise(container, "stop");
    }

    private void End(FakeContainer container, int exitCode)
    {
        container.State = "exited";
        container.Pid = 0;
        container.ExitCode = exitCode;
        container.FinishedAt = _time.GetUtcNow();
        container.Signal();
        Raise(container, "die", exitCode);
    }

    private void ClaimPorts(FakeContainer container)
    {
        foreach (var publication in container.Config.Ports.Values.SelectMany(p => p).Where(p => p.HostPort > 0))
        {
            var taken = _containers.Any(c => c.Running && c != container && c.Config.Ports.Values.SelectMany(p => p).Any(p => Overlap(p, publication)));
            if (taken)
                throw new EngineException(500,
                    $"driver failed programming external connectivity on endpoint {container.Name}: Bind for {publication.HostIp}:{publication.HostPort} failed: port is already allocated");
        }
    }

    private static bool Overlap(PortPublication a, PortPublication b) =>
        a.HostPort == b.HostPort && (a.HostIp == b.HostIp || a.HostIp is "" or "0.0.0.0" || b.HostIp is "" or "0.0.0.0");

    private FakeContainer? Find(string container) =>
        _containers.Find(c => c.Id == container || c.Name == container)
        ?? (container.Length >= 6 ? _containers.Find(c => c.Id.StartsWith(container, StringComparison.Ordinal)) : null);

    private FakeContainer Existing(string container) => Find(container) ?? throw new EngineException(404, $"No such container: {container}");

    private static bool Carries(IReadOnlyDictionary<string, string> labels, IReadOnlyList<string> wanted) => wanted.All(want =>
    {
        var equals = want.IndexOf('=');
        return equals < 0 ? labels.ContainsKey(want) : labels.TryGetValue(want[..equals], out var value) && value == want[(equals + 1)..];
    });

    /// <summary>64 hexadecimal digits that differ in the first twelve, as people see them.</summary>
    private string NewId() => $"{++_ids:x12}".PadRight(64, '0');
}

using Kontena.Docker;

namespace Kontena.Testing.Docker;

// Images, networks and volumes.
public sealed partial class FakeContainerEngine
{
    private readonly Dictionary<string, ImageDetails> _images = [];
    private readonly Dictionary<string, (string Id, ImageDetails Image)> _published = [];

    /// <summary>Images whose tag a pull gave to another one.</summary>
    private readonly List<ImageDetails> _untagged = [];
    private readonly Dictionary<string, Exception> _refusedPulls = [];
    private readonly Dictionary<string, NetworkDetails> _networks = new()
    {
        ["bridge"] = new NetworkDetails("bridge-id", "bridge", "172.17.0.0/16", "172.17.0.1", new Dictionary<string, string>()),
        ["host"] = new NetworkDetails("host-id", "host", null, null, new Dictionary<string, string>()),
        ["none"] = new NetworkDetails("none-id", "none", null, null, new Dictionary<string, string>()),
    };
    private readonly Dictionary<string, VolumeDetails> _volumes = [];
    private int _addresses = 1;

    /// <summary>References that are on this engine, with their tags.</summary>
    public IReadOnlyList<string> Images
    {
        get
        {
            lock (_lock) return [.. _images.Keys];
        }
    }

    public IReadOnlyList<NetworkDetails> Networks
    {
        get
        {
            lock (_lock) return [.. _networks.Values];
        }
    }

    public IReadOnlyList<VolumeDetails> Volumes
    {
        get
        {
            lock (_lock) return [.. _volumes.Values];
        }
    }

    /// <summary>The image is on this machine; built here when <paramref name="fromRegistry"/> is false, so that no registry knows it.</summary>
    public ImageDetails AddImage(string reference, bool fromRegistry = false, IReadOnlyList<string>? volumes = null)
    {
        lock (_lock) return _images[Tagged(reference)] = NewImage(reference, fromRegistry, volumes);
    }

    /// <summary>A registry has a new image under this reference: the next pull brings it.</summary>
    public ImageDetails Publish(string reference)
    {
        lock (_lock)
        {
            var image = NewImage(reference, fromRegistry: true, volumes: null);
            _published[Tagged(reference)] = (image.Id, image);
            return image;
        }
    }

    /// <summary>Pulls of this reference fail from now on. Any other reference can be pulled.</summary>
    public void RefusePull(string reference, Exception? failure = null)
    {
        lock (_lock)
        {
            _refusedPulls[Tagged(reference)] = failure
                ?? new EngineException(404, $"manifest for {Tagged(reference)} not found: manifest unknown: manifest unknown");
        }
    }

    public async Task<ImageDetails?> InspectImageAsync(string image, CancellationToken cancellationToken)
    {
        await Calls.EnterAsync("InspectImage", image, cancellationToken);
        lock (_lock) return FindImage(image);
    }

    public async Task<IReadOnlyList<ImageSummary>> ListImagesAsync(CancellationToken cancellationToken)
    {
        await Calls.EnterAsync("ListImages", "", cancellationToken);
        lock (_lock)
        {
            return
            [
                .. _images.GroupBy(one => one.Value.Id).Select(same => new ImageSummary
                {
                    Id = same.Key, RepoTags = [.. same.Select(one => one.Key)], RepoDigests = same.First().Value.RepoDigests, Size = 10_000_000,
                }),
            ];
        }
    }

    public async Task RemoveImageAsync(string image, CancellationToken cancellationToken)
    {
        await Calls.EnterAsync("RemoveImage", image, cancellationToken);
        lock (_lock)
        {
            if (FindImage(image) is not { } found) return;
            if (_containers.Find(c => c.ImageId == found.Id) is { } user)
                throw new EngineException(409, $"conflict: unable to remove repository reference \"{image}\" (must force) - container {user.Id} is using its referenced image");
            if (!_images.Remove(Tagged(image)))
                foreach (var name in _images.Where(one => one.Value.Id == found.Id).Select(one => one.Key).ToList()) _images.Remove(name);
        }
    }

    /// <summary>The login of the last pull; null when it had none.</summary>
    public RegistryLogin? LastPullLogin { get; private set; }

    public async Task PullImageAsync(string image, RegistryLogin? login, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        await Calls.EnterAsync("PullImage", image, cancellationToken);
        lock (_lock)
        {
            LastPullLogin = login;
            var reference = Tagged(image);
            if (_refusedPulls.TryGetValue(reference, out var refusal)) throw refusal;
            if (_images.GetValueOrDefault(reference) is { } before) _untagged.Add(before);
            if (_published.TryGetValue(reference, out var published)) _images[reference] = published.Image;
            else if (_images.GetValueOrDefault(reference) is not { RepoDigests.Count: > 0 }) _images[reference] = NewImage(image, fromRegistry: true, volumes: null);
        }

        progress?.Report($"Pulling from {image}");
    }

    public async Task<string> BuildImageAsync(Stream contextTar, BuildOptions options, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        await Calls.EnterAsync("BuildImage", options.Tag, cancellationToken);
        await contextTar.CopyToAsync(Stream.Null, cancellationToken);
        progress?.Report($"Successfully tagged {options.Tag}");
        return AddImage(options.Tag).Id;
    }

    public async Task PushImageAsync(string image, RegistryLogin? login, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        await Calls.EnterAsync("PushImage", image, cancellationToken);
        lock (_lock)
        {
            if (FindImage(image) is not { } found) throw new EngineException(404, $"An image does not exist locally with the tag: {image}");
            _published[Tagged(image)] = (found.Id, found);
        }
    }

    public async Task<NetworkDetails?> InspectNetworkAsync(string network, CancellationToken cancellationToken)
    {
        await Calls.EnterAsync("InspectNetwork", network, cancellationToken);
        lock (_lock) return FindNetwork(network);
    }

    public async Task<string> CreateNetworkAsync(NetworkConfig config, CancellationToken cancellationToken)
    {
        await Calls.EnterAsync("CreateNetwork", config.Name, cancellationToken);
        lock (_lock)
        {
            if (_networks.ContainsKey(config.Name)) throw new EngineException(409, $"network with name {config.Name} already exists");
            var network = new NetworkDetails(NewId(), config.Name, config.Subnet ?? $"172.{18 + _networks.Count}.0.0/16", config.Gateway, config.Labels) { Options = config.Options };
            _networks[config.Name] = network;
            return network.Id;
        }
    }

    public async Task RemoveNetworkAsync(string network, CancellationToken cancellationToken)
    {
        await Calls.EnterAsync("RemoveNetwork", network, cancellationToken);
        lock (_lock)
        {
            if (FindNetwork(network) is not { } found) return;
            if (_containers.Any(c => c.Running && c.Endpoints.ContainsKey(found.Name)))
                throw new EngineException(403, $"error while removing network: network {found.Name} id {found.Id} has active endpoints");
            _networks.Remove(found.Name);
        }
    }

    public async Task ConnectNetworkAsync(string network, string container, EndpointConfig endpoint, CancellationToken cancellationToken)
    {
        await Calls.EnterAsync("ConnectNetwork", network, cancellationToken);
        lock (_lock)
        {
            if (FindNetwork(network) is not { } found) throw new EngineException(404, $"network {network} not found");
            var joining = Existing(container);
            if (joining.Endpoints.ContainsKey(found.Name))
                throw new EngineException(403, $"endpoint with name {joining.Name} already exists in network {found.Name}");
            joining.Endpoints[found.Name] = endpoint;
            if (joining.Running) JoinNetworks(joining);
        }
    }

    public async Task<IReadOnlyList<VolumeDetails>> ListVolumesAsync(IReadOnlyList<string> labels, CancellationToken cancellationToken)
    {
        await Calls.EnterAsync("ListVolumes", string.Join(',', labels), cancellationToken);
        lock (_lock) return [.. _volumes.Values.Where(v => Carries(v.Labels, labels))];
    }

    public async Task<VolumeDetails?> InspectVolumeAsync(string volume, CancellationToken cancellationToken)
    {
        await Calls.EnterAsync("InspectVolume", volume, cancellationToken);
        lock (_lock) return _volumes.GetValueOrDefault(volume);
    }

    public async Task EnsureVolumeAsync(VolumeConfig config, CancellationToken cancellationToken)
    {
        await Calls.EnterAsync("EnsureVolume", config.Name, cancellationToken);
        lock (_lock)
        {
            if (!_volumes.TryGetValue(config.Name, out var there)) _volumes[config.Name] = new VolumeDetails(config.Name, config.Driver, config.Labels);
            else if (there.Driver != config.Driver) throw new EngineException(409, $"Volume {config.Name} exists with driver {there.Driver}, not {config.Driver}.");
        }
    }

    public async Task RemoveVolumeAsync(string volume, CancellationToken cancellationToken)
    {
        await Calls.EnterAsync("RemoveVolume", volume, cancellationToken);
        lock (_lock)
        {
            if (_containers.Find(c => c.Mounts.Any(m => m.Name == volume)) is { } user)
                throw new EngineException(409, $"remove {volume}: volume is in use - [{user.Id}]");
            _volumes.Remove(volume);
        }
    }

    private ImageDetails? FindImage(string reference) =>
        _images.GetValueOrDefault(Tagged(reference))
        ?? _images.Values.Concat(_untagged).FirstOrDefault(image => image.Id == reference || image.RepoDigests.Contains(reference));

    private NetworkDetails? FindNetwork(string network) => _networks.GetValueOrDefault(network) ?? _networks.Values.FirstOrDefault(n => n.Id == network);

    private ImageDetails NewImage(string reference, bool fromRegistry, IReadOnlyList<string>? volumes)
    {
        var id = "sha256:" + NewId();
        return new ImageDetails(id, fromRegistry ? [reference.Contains('@') ? reference : $"{reference.Split(':')[0]}@{id}"] : [], [], ["sleep", "1000000"], volumes ?? []) { Env = ["PATH=/bin"] };
    }

    private static string Tagged(string reference) =>
        reference.Contains('@') || reference.LastIndexOf(':') > reference.LastIndexOf('/') ? reference : reference + ":latest";

    private void Mount(FakeContainer container, ImageDetails image)
    {
        foreach (var bind in container.Config.Binds)
        {
            var parts = bind.Split(':');
            var isVolume = !parts[0].StartsWith('/');
            if (isVolume) _volumes.TryAdd(parts[0], new VolumeDetails(parts[0], "local", new Dictionary<string, string>()));
            container.Mounts.Add(new MountPoint(isVolume ? "volume" : "bind", isVolume ? parts[0] : "", parts[0], parts.Length > 1 ? parts[1] : parts[0]));
        }

        foreach (var from in container.Config.VolumesFrom)
            container.Mounts.AddRange(Existing(from.Split(':')[0]).Mounts.Where(m => !Mounted(container, m.Destination)).ToList());

        foreach (var path in container.Config.AnonymousVolumes.Concat(image.Volumes).Distinct())
        {
            if (Mounted(container, path)) continue;
            var name = NewId();
            _volumes[name] = new VolumeDetails(name, "local", new Dictionary<string, string>());
            container.AnonymousVolumes.Add(name);
            container.Mounts.Add(new MountPoint("volume", name, $"/var/lib/docker/volumes/{name}/_data", path));
        }
    }

    private static bool Mounted(FakeContainer container, string path) => container.Mounts.Any(m => m.Destination == path);

    private void JoinNetworks(FakeContainer container)
    {
        foreach (var (name, endpoint) in container.Endpoints)
        {
            if (FindNetwork(name) is not { } network) throw new EngineException(404, $"network {name} not found");
            if (network.Name is "host" or "none") continue;
            if (endpoint.Address is { } wanted
                && _containers.Any(c => c != container && c.Running && c.Addresses.GetValueOrDefault(network.Name) == wanted))
                throw new EngineException(403, "Address already in use");
            if (container.Addresses.ContainsKey(network.Name)) continue;
            var block = (network.Subnet ?? "172.18.0.0/16").Split('/')[0].Split('.');
            _addresses++;
            container.Addresses[network.Name] = endpoint.Address ?? $"{block[0]}.{block[1]}.{int.Parse(block[2]) + _addresses / 250}.{_addresses % 250 + 2}";
        }
    }
}

using Kontena.Docker.Transport;
using Kontena.Docker.Wire;

namespace Kontena.Docker;

public sealed partial class DockerEngineClient
{
    public async Task<IReadOnlyList<VolumeDetails>> ListVolumesAsync(IReadOnlyList<string> labels, CancellationToken cancellationToken)
    {
        var call = EngineCall.Get("/volumes?all=1" + Filters("label", labels));
        var found = await _transport.ReadAsync(call, EngineJson.Default.WireVolumeList, cancellationToken);
        return [.. (found.Volumes ?? []).Select(v => new VolumeDetails(v.Name ?? "", v.Driver ?? "", v.Labels ?? []))];
    }

    public async Task<VolumeDetails?> InspectVolumeAsync(string volume, CancellationToken cancellationToken)
    {
        var call = EngineCall.Get($"/volumes/{EnginePath.Segment(volume)}");
        var found = await _transport.FindAsync(call, EngineJson.Default.WireVolume, cancellationToken);
        return found is null ? null : new VolumeDetails(found.Name ?? volume, found.Driver ?? "", found.Labels ?? []);
    }

    /// <summary>The engine answers a second creation of the same name and driver with the volume that is there.</summary>
    public async Task EnsureVolumeAsync(VolumeConfig config, CancellationToken cancellationToken)
    {
        var wire = new WireCreateVolume
        {
            Name = config.Name,
            Driver = config.Driver,
            DriverOpts = config.DriverOptions.Count > 0 ? config.DriverOptions : null,
            Labels = config.Labels.Count > 0 ? config.Labels : null,
        };
        var call = EngineCall.Post("/volumes/create", wire, EngineJson.Default.WireCreateVolume);
        var volume = await _transport.ReadAsync(call with { Deadline = SlowDeadline }, EngineJson.Default.WireVolume, cancellationToken);
        if (volume.Driver is { } driver && driver != config.Driver)
            throw new EngineException(409, $"Volume {config.Name} exists with driver {driver}, not {config.Driver}.");
    }

    public Task RemoveVolumeAsync(string volume, CancellationToken cancellationToken) => _transport.DoAsync(
        EngineCall.Delete($"/volumes/{EnginePath.Segment(volume)}") with { Accepts = [404], Deadline = SlowDeadline },
        cancellationToken);
}

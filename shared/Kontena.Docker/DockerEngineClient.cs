using System.Text.Json;
using Kontena.Docker.Transport;
using Kontena.Docker.Wire;

namespace Kontena.Docker;

/// <summary>Our client of the Docker Engine API, from 1.41 (Docker 20.10) on. A file per kind of resource.</summary>
/// <remarks>Connects at the first call and may be used from many threads. Dispose it to close its connections.</remarks>
public sealed partial class DockerEngineClient : IContainerEngine, IDisposable
{
    private readonly EngineTransport _transport;

    public DockerEngineClient(EngineAddress address, TimeProvider time) => _transport = new EngineTransport(address, time);

    public EngineAddress Address => _transport.Address;

    public async Task<EngineInfo> InfoAsync(CancellationToken cancellationToken)
    {
        var info = await _transport.ReadAsync(EngineCall.Get("/info"), EngineJson.Default.WireInfo, cancellationToken);
        return new EngineInfo
        {
            Id = info.ID ?? "",
            HostName = info.Name ?? "",
            OperatingSystem = info.OperatingSystem ?? "",
            KernelVersion = info.KernelVersion ?? "",
            ServerVersion = info.ServerVersion ?? "",
            StorageDriver = info.Driver ?? "",
            RootDir = info.DockerRootDir ?? "",
            Cpus = info.NCPU,
            MemoryTotal = info.MemTotal,
            Labels = info.Labels ?? [],
            VolumeDrivers = info.Plugins?.Volume ?? [],
            NetworkDrivers = info.Plugins?.Network ?? [],
        };
    }

    public void Dispose() => _transport.Dispose();

    /// <summary>The API's way to filter lists: a JSON object of lists, in the query.</summary>
    private static string Filters(string key, IReadOnlyList<string> values) => values.Count == 0
        ? ""
        : "&filters=" + Uri.EscapeDataString(JsonSerializer.Serialize(
            new Dictionary<string, string[]> { [key] = [.. values] }, EngineJson.Default.DictionaryStringStringArray));
}

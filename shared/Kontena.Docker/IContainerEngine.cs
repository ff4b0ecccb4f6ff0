using System.Text.Json.Nodes;

namespace Kontena.Docker;

/// <summary>One machine's Docker Engine, as far as Kontena needs it. Small on purpose: another client could take this place (design §4).</summary>
/// <remarks>
/// Every method throws <see cref="EngineException"/> for an answer that is an error (with the engine's own sentence) and
/// <see cref="EngineUnavailableException"/> when the engine can't be reached.
/// </remarks>
public interface IContainerEngine
{
    Task<EngineInfo> InfoAsync(CancellationToken cancellationToken);

    /// <summary>Containers that carry all the labels (<c>key</c> or <c>key=value</c>), in any state.</summary>
    Task<IReadOnlyList<ContainerSummary>> ListContainersAsync(IReadOnlyList<string> labels, CancellationToken cancellationToken);

    /// <summary>Null when there is no such container; by id or name.</summary>
    Task<ContainerDetails?> InspectContainerAsync(string container, CancellationToken cancellationToken);

    /// <summary>All that the engine says of a container, as it says it; null when there is no such container.</summary>
    Task<JsonObject?> DescribeContainerAsync(string container, CancellationToken cancellationToken);

    /// <summary>The processes in it. Null when there is no such container; one that does not run is the engine's error.</summary>
    Task<ProcessTable?> ProcessesAsync(string container, CancellationToken cancellationToken);

    /// <summary>The id; the engine's warnings are in the result.</summary>
    Task<CreatedContainer> CreateContainerAsync(string name, ContainerConfig config, CancellationToken cancellationToken);

    /// <summary>Running or not. Its network aliases stay what they are. A 409 when the name is taken.</summary>
    Task RenameContainerAsync(string container, string name, CancellationToken cancellationToken);

    /// <summary>Already running is fine.</summary>
    Task StartContainerAsync(string container, CancellationToken cancellationToken);

    /// <summary>Signal, then kill after the grace. Already stopped, or gone, is fine.</summary>
    Task StopContainerAsync(string container, TimeSpan grace, CancellationToken cancellationToken);

    Task RestartContainerAsync(string container, TimeSpan grace, CancellationToken cancellationToken);

    /// <summary>Gone is fine.</summary>
    Task RemoveContainerAsync(string container, bool force, bool anonymousVolumes, CancellationToken cancellationToken);

    /// <summary>Null when the image is not on this machine.</summary>
    Task<ImageDetails?> InspectImageAsync(string image, CancellationToken cancellationToken);

    /// <summary>All images of this machine, also those without a name.</summary>
    Task<IReadOnlyList<ImageSummary>> ListImagesAsync(CancellationToken cancellationToken);

    /// <summary>By name, which takes the name away, and the image with its last one; or by id. Gone is fine; in use is a 409.</summary>
    Task RemoveImageAsync(string image, CancellationToken cancellationToken);

    /// <summary>Pulls to the end; progress lines go to <paramref name="progress"/>.</summary>
    Task PullImageAsync(string image, RegistryLogin? login, IProgress<string>? progress, CancellationToken cancellationToken);

    /// <summary>Builds from a tar of the context; returns the image id.</summary>
    Task<string> BuildImageAsync(Stream contextTar, BuildOptions options, IProgress<string>? progress, CancellationToken cancellationToken);

    Task PushImageAsync(string image, RegistryLogin? login, IProgress<string>? progress, CancellationToken cancellationToken);

    Task<NetworkDetails?> InspectNetworkAsync(string network, CancellationToken cancellationToken);

    Task<string> CreateNetworkAsync(NetworkConfig config, CancellationToken cancellationToken);

    /// <summary>Gone is fine.</summary>
    Task RemoveNetworkAsync(string network, CancellationToken cancellationToken);

    Task ConnectNetworkAsync(string network, string container, EndpointConfig endpoint, CancellationToken cancellationToken);

    Task<IReadOnlyList<VolumeDetails>> ListVolumesAsync(IReadOnlyList<string> labels, CancellationToken cancellationToken);

    /// <summary>Null when there is no such volume.</summary>
    Task<VolumeDetails?> InspectVolumeAsync(string volume, CancellationToken cancellationToken);

    /// <summary>Made if it is not there.</summary>
    Task EnsureVolumeAsync(VolumeConfig config, CancellationToken cancellationToken);

    /// <summary>Gone is fine.</summary>
    Task RemoveVolumeAsync(string volume, CancellationToken cancellationToken);

    /// <summary>Output lines with their times, from <paramref name="since"/>; goes on as they come when <paramref name="follow"/>.</summary>
    IAsyncEnumerable<ContainerLogLine> LogsAsync(
        string container, DateTimeOffset? since, int? tail, bool follow, CancellationToken cancellationToken);

    /// <summary>The counters now; null when the container is gone or does not run.</summary>
    Task<ContainerStatsSample?> StatsOnceAsync(string container, CancellationToken cancellationToken);

    /// <summary>Container events from <paramref name="since"/> on, until cancelled or the connection breaks. Events of exec probes are left out.</summary>
    IAsyncEnumerable<EngineEvent> EventsAsync(DateTimeOffset since, CancellationToken cancellationToken);

    /// <summary>Starts a process in a running container.</summary>
    Task<IExecSession> ExecAsync(string container, ExecConfig config, CancellationToken cancellationToken);
}

/// <summary>A process in a container. Disposing ends the streams.</summary>
public interface IExecSession : IAsyncDisposable
{
    /// <summary>Output until the process has closed both streams.</summary>
    IAsyncEnumerable<ExecChunk> OutputAsync(CancellationToken cancellationToken);

    Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>The process reads end-of-file next.</summary>
    Task CloseInputAsync(CancellationToken cancellationToken);

    Task ResizeAsync(int width, int height, CancellationToken cancellationToken);

    /// <summary>After the output has ended.</summary>
    Task<int> ExitCodeAsync(CancellationToken cancellationToken);
}

/// <summary>The engine answered with an error.</summary>
/// <param name="status">HTTP status, e.g. 404, 409, 500.</param>
public sealed class EngineException(int status, string message) : Exception(message)
{
    public int Status { get; } = status;
}

/// <summary>The engine can't be reached: not running, no permission, wrong address.</summary>
public sealed class EngineUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

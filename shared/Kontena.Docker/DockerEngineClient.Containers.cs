using System.Globalization;
using System.Text.Json.Nodes;
using Kontena.Docker.Containers;
using Kontena.Docker.Transport;
using Kontena.Docker.Wire;

namespace Kontena.Docker;

public sealed partial class DockerEngineClient
{
    /// <summary>Beyond the grace: the kill itself, unmounting, and a busy disk.</summary>
    private static readonly TimeSpan StopMargin = TimeSpan.FromSeconds(60);

    /// <summary>Creating unpacks nothing but may wait for a slow volume driver; starting may wait for a log driver's endpoint.</summary>
    private static readonly TimeSpan SlowDeadline = TimeSpan.FromMinutes(2);

    public async Task<IReadOnlyList<ContainerSummary>> ListContainersAsync(IReadOnlyList<string> labels, CancellationToken cancellationToken)
    {
        var call = EngineCall.Get("/containers/json?all=1" + Filters("label", labels));
        var found = await _transport.ReadAsync(call, EngineJson.Default.ListWireContainerSummary, cancellationToken);
        return [.. found.Select(ContainerReading.Summary)];
    }

    public async Task<ContainerDetails?> InspectContainerAsync(string container, CancellationToken cancellationToken)
    {
        var call = EngineCall.Get($"/containers/{EnginePath.Segment(container)}/json");
        var found = await _transport.FindAsync(call, EngineJson.Default.WireContainer, cancellationToken);
        return found is null ? null : ContainerReading.Details(found);
    }

    public Task<JsonObject?> DescribeContainerAsync(string container, CancellationToken cancellationToken) =>
        _transport.FindAsync(EngineCall.Get($"/containers/{EnginePath.Segment(container)}/json"), EngineNodes.Default.JsonObject, cancellationToken);

    public async Task<ProcessTable?> ProcessesAsync(string container, CancellationToken cancellationToken)
    {
        var call = EngineCall.Get($"/containers/{EnginePath.Segment(container)}/top");
        var found = await _transport.FindAsync(call, EngineJson.Default.WireProcesses, cancellationToken);
        return found is null ? null : new ProcessTable(found.Titles ?? [], found.Processes ?? []);
    }

    public async Task<CreatedContainer> CreateContainerAsync(string name, ContainerConfig config, CancellationToken cancellationToken)
    {
        var call = EngineCall.Post(
            $"/containers/create?name={Uri.EscapeDataString(name)}", ContainerCreation.ToWire(config), EngineJson.Default.WireCreateContainer);
        var created = await _transport.ReadAsync(call with { Deadline = SlowDeadline }, EngineJson.Default.WireId, cancellationToken);
        return new CreatedContainer(created.Id ?? "", created.Warnings ?? []);
    }

    public Task RenameContainerAsync(string container, string name, CancellationToken cancellationToken) => _transport.DoAsync(
        EngineCall.Post($"/containers/{EnginePath.Segment(container)}/rename?name={Uri.EscapeDataString(name)}"), cancellationToken);

    public Task StartContainerAsync(string container, CancellationToken cancellationToken) => _transport.DoAsync(
        EngineCall.Post($"/containers/{EnginePath.Segment(container)}/start") with { Accepts = [304], Deadline = SlowDeadline },
        cancellationToken);

    public Task StopContainerAsync(string container, TimeSpan grace, CancellationToken cancellationToken) => _transport.DoAsync(
        EngineCall.Post($"/containers/{EnginePath.Segment(container)}/stop?t={Seconds(grace)}") with
        {
            Accepts = [304, 404],
            Deadline = grace + StopMargin,
        },
        cancellationToken);

    public Task RestartContainerAsync(string container, TimeSpan grace, CancellationToken cancellationToken) => _transport.DoAsync(
        EngineCall.Post($"/containers/{EnginePath.Segment(container)}/restart?t={Seconds(grace)}") with { Deadline = grace + SlowDeadline },
        cancellationToken);

    public async Task RemoveContainerAsync(string container, bool force, bool anonymousVolumes, CancellationToken cancellationToken)
    {
        var call = EngineCall.Delete($"/containers/{EnginePath.Segment(container)}?force={Flag(force)}&v={Flag(anonymousVolumes)}") with
        {
            Accepts = [404],
            Deadline = SlowDeadline,
        };
        try
        {
            await _transport.DoAsync(call, cancellationToken);
        }
        catch (EngineException e) when (e.Status == 409 && e.Message.Contains("already in progress", StringComparison.Ordinal))
        {
            // Somebody else's removal is not done yet. Our caller may make the next container of this name: wait for the end.
            await WaitUntilGoneAsync(container, cancellationToken);
        }
    }

    private async Task WaitUntilGoneAsync(string container, CancellationToken cancellationToken)
    {
        const int Looks = 300;
        for (var look = 0; look < Looks; look++)
        {
            if (await InspectContainerAsync(container, cancellationToken) is null) return;
            await Task.Delay(TimeSpan.FromMilliseconds(100), _transport.Time, cancellationToken);
        }

        throw new EngineException(409, $"Container {container} is being removed by the engine and was still there after {Looks / 10} s.");
    }

    private static string Seconds(TimeSpan span) => Math.Ceiling(Math.Clamp(span.TotalSeconds, 0, int.MaxValue)).ToString(CultureInfo.InvariantCulture);

    private static int Flag(bool value) => value ? 1 : 0;
}

using Kontena.Docker;

namespace Kontena.Bench;

/// <summary>Requests that fail while a service is deployed anew and scaled down.</summary>
internal sealed class ZeroDownBench(IContainerEngine engine, PlatformClient platform, string image, string sleeper, TimeProvider time)
{
    private const string Service = "bench";
    private const string Ours = $"io.kontena.service.name={Service}";
    private const int Instances = 6;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
    private readonly ServiceLoad _load = new(engine, [], sleeper, Service, time);

    public async Task<IReadOnlyList<Row>> RunAsync(CancellationToken cancellationToken)
    {
        var rows = new List<Row>();
        foreach (var order in (string[])["stop-first", "start-first"])
        {
            await platform.CreateServiceAsync(Service, image, Instances, cancellationToken, waitForPort: 80, minHealth: 0.5, order: order);
            await platform.DeployAndWaitAsync(Service, force: false, time, cancellationToken);
            rows.Add(await _load.WhileAsync($"rolling deploy, {order}",
                () => platform.DeployAndWaitAsync(Service, force: true, time, cancellationToken), cancellationToken));
            if (order == "start-first")
                rows.Add(await _load.WhileAsync($"scale {Instances} to 2", () => ScaleDownAsync(2, cancellationToken), cancellationToken));
            await platform.RemoveAsync(Service, cancellationToken);
            await UntilCountAsync(0, cancellationToken);
        }

        return rows;
    }

    private async Task ScaleDownAsync(int instances, CancellationToken cancellationToken)
    {
        await platform.ScaleAsync(Service, instances, cancellationToken);
        await UntilCountAsync(instances, cancellationToken);
    }

    private async Task UntilCountAsync(int wanted, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        while ((await engine.ListContainersAsync([Ours], cancellationToken)).Count != wanted)
        {
            if (time.GetElapsedTime(begun) > Limit)
                throw new TimeoutException($"there are not {wanted} containers of {Service} after {Limit.TotalMinutes:0} minutes");
            await Task.Delay(Pause, time, cancellationToken);
        }
    }
}

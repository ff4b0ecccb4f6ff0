using Kontena.Docker;

namespace Kontena.Bench;

/// <summary>Requests that fail while a host of the lab is drained: the instances it has begin elsewhere before they end there.</summary>
internal sealed class DrainBench(LabHosts hosts, PlatformClient platform, string image, string sleeper, TimeProvider time)
{
    private const string Service = "bench";
    private const string Ours = $"io.kontena.service.name={Service}";
    private const int Instances = 6;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    public async Task<Row> RunAsync(CancellationToken cancellationToken)
    {
        await platform.CreateServiceAsync(Service, image, Instances, cancellationToken, waitForPort: 80, minHealth: 0.5);
        await platform.DeployAndWaitAsync(Service, force: false, time, cancellationToken);
        var row = await new ServiceLoad(hosts.Engines[0], hosts.EntryOf(1), sleeper, Service, time).WhileAsync("drain of a host", async () =>
        {
            await platform.SetAvailabilityAsync("h3", "drain", cancellationToken);
            await UntilAsync("h3 has none, and the others have all", async () =>
            {
                var running = (await hosts.ListAsync(Ours)).Where(one => one.Container.State == "running").ToList();
                return running.Count == Instances && running.All(one => one.Engine != hosts.Engines[2]);
            }, cancellationToken);
        }, cancellationToken);
        await platform.SetAvailabilityAsync("h3", "active", cancellationToken);
        await platform.RemoveAsync(Service, cancellationToken);
        await UntilAsync("all are gone", async () => (await hosts.ListAsync(Ours)).Count == 0, cancellationToken);
        return row;
    }

    private async Task UntilAsync(string what, Func<Task<bool>> isSo, CancellationToken cancellationToken)
    {
        for (var begun = time.GetTimestamp(); !await isSo();)
        {
            if (time.GetElapsedTime(begun) > Limit)
                throw new TimeoutException($"not within {Limit.TotalMinutes:0} minutes: {what}");
            await Task.Delay(Pause, time, cancellationToken);
        }
    }
}

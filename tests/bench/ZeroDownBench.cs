using System.Diagnostics;
using Kontena.Docker;

namespace Kontena.Bench;

/// <summary>Requests that fail while a service is deployed anew and scaled down under constant load from a container beside it.</summary>
/// <remarks>
/// The load resolves the service's name and connects anew for each request, and tries every address that the name has, as HTTP clients do. The service ends as a
/// well-behaved one does: at SIGTERM it takes no more connections and finishes those it has.
/// </remarks>
internal sealed class ZeroDownBench(IContainerEngine engine, PlatformClient platform, string image, string sleeper, TimeProvider time)
{
    private const string Service = "bench";
    private const string Ours = $"io.kontena.service.name={Service}";
    private const string Network = "kontena-default";
    private const int Instances = 6;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(2);

    public async Task<IReadOnlyList<Row>> RunAsync(CancellationToken cancellationToken)
    {
        var rows = new List<Row>();
        foreach (var order in (string[])["stop-first", "start-first"])
        {
            await platform.CreateServiceAsync(Service, image, Instances, cancellationToken, waitForPort: 80, minHealth: 0.5, order: order);
            await platform.DeployAndWaitAsync(Service, force: false, time, cancellationToken);
            rows.Add(await UnderLoadAsync($"rolling deploy, {order}",
                () => platform.DeployAndWaitAsync(Service, force: true, time, cancellationToken), cancellationToken));
            if (order == "start-first")
                rows.Add(await UnderLoadAsync($"scale {Instances} to 2", () => ScaleDownAsync(2, cancellationToken), cancellationToken));
            await platform.RemoveAsync(Service, cancellationToken);
            await UntilCountAsync(0, cancellationToken);
        }

        return rows;
    }

    private async Task<Row> UnderLoadAsync(string name, Func<Task> work, CancellationToken cancellationToken)
    {
        var gateway = (await engine.InspectNetworkAsync(Network, cancellationToken))?.Gateway ?? throw new InvalidOperationException($"network {Network} has no gateway");
        var client = await engine.CreateContainerAsync("bench-load", new ContainerConfig
        {
            Image = sleeper,
            NetworkMode = Network,
            Dns = [gateway],
        }, cancellationToken);
        try
        {
            await engine.StartContainerAsync(client.Id, cancellationToken);
            var pid = (await engine.InspectContainerAsync(client.Id, cancellationToken))!.Pid;
            using var load = StartLoad(pid);
            if (await load.StandardOutput.ReadLineAsync(cancellationToken).AsTask().WaitAsync(Patience, time, cancellationToken) is null)
                throw new InvalidOperationException($"the load ended before its first answer, with {load.ExitCode}");
            await work();
            await Task.Delay(Calm, time, cancellationToken);
            load.StandardInput.Close();
            var said = (await load.StandardOutput.ReadToEndAsync(cancellationToken)).Trim().Split('\n');
            await load.WaitForExitAsync(cancellationToken);
            foreach (var line in said)
                Console.WriteLine($"    {name}: {line}");
            return new Row(name, "failed", double.Parse(said[^1].Split(' ')[0]), null, null);
        }
        finally
        {
            await engine.RemoveContainerAsync(client.Id, force: true, anonymousVolumes: true, CancellationToken.None);
        }
    }

    /// <summary>In the network of the container, with the engine's name server there, which passes on to the node's what it does not know.</summary>
    private static Process StartLoad(int pid)
    {
        var resolv = Path.Combine(Path.GetTempPath(), "kontena-bench-resolv.conf");
        File.WriteAllText(resolv, "nameserver 127.0.0.11\noptions ndots:0\n");
        var command = $"mount --bind '{resolv}' /etc/resolv.conf && exec '{Environment.ProcessPath}' load http://{Service}.default.kontena.local/";
        return Process.Start(new ProcessStartInfo("nsenter", ["-t", $"{pid}", "-n", "--", "unshare", "--mount", "sh", "-c", command])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
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

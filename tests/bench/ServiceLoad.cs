using System.Diagnostics;
using Kontena.Docker;

namespace Kontena.Bench;

/// <summary>Constant load on a service from a container beside it.</summary>
/// <remarks>
/// The load resolves the service's name and connects anew for each request, and tries every address that the name has, as HTTP clients do. The service ends as a
/// well-behaved one does: at SIGTERM it takes no more connections and finishes those it has.
/// </remarks>
/// <param name="entry">What runs a command where the engine's numbers of processes mean something; empty when that is here.</param>
internal sealed class ServiceLoad(IContainerEngine engine, IReadOnlyList<string> entry, string sleeper, string service, TimeProvider time)
{
    private const string Network = "kontena-default";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(2);

    /// <summary>How many failed from before the work until shortly after it.</summary>
    public async Task<Row> WhileAsync(string name, Func<Task> work, CancellationToken cancellationToken)
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
    private Process StartLoad(int pid)
    {
        const string NameServer = "mount -t tmpfs kontena-bench /mnt && printf 'nameserver 127.0.0.11\\noptions ndots:0\\n' >/mnt/resolv.conf && mount --bind /mnt/resolv.conf /etc/resolv.conf";
        var command = $"{NameServer} && exec '{Environment.ProcessPath}' load http://{service}.default.kontena.local/";
        string[] whole = [.. entry, "nsenter", "-t", $"{pid}", "-n", "--", "unshare", "--mount", "sh", "-c", command];
        return Process.Start(new ProcessStartInfo(whole[0], whole[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
    }
}

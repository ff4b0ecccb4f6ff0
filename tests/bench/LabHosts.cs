using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Kontena.Docker;

namespace Kontena.Bench;

/// <summary>The engines of the lab's hosts as one: what starts anywhere counts, and the clock stops at the last start that was waited for.</summary>
internal sealed class LabHosts(string folder, int count, string labScript, TimeProvider time)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private readonly ConcurrentDictionary<string, byte> _started = new();
    private Func<EngineEvent, bool> _counts = _ => false;
    private TaskCompletionSource _all = new();
    private int _wanted;

    public IReadOnlyList<DockerEngineClient> Engines { get; } =
        [.. Enumerable.Range(1, count).Select(host => new DockerEngineClient(EngineAddress.Parse($"unix://{folder}/h{host}/docker.sock"), time))];

    public string SocketOf(int host) => $"{folder}/h{host}/docker.sock";

    /// <summary>Before a command: runs it on the host.</summary>
    public IReadOnlyList<string> EntryOf(int host) => [labScript, "exec", $"{host}"];

    /// <summary>Follows the events of every engine until cancelled; one that goes away is waited for.</summary>
    public Task WatchAsync(CancellationToken cancellationToken) => Task.WhenAll(Engines.Select(engine => FollowAsync(engine, cancellationToken)));

    /// <summary>Seconds from the order to the N-th start that counts.</summary>
    public async Task<double> UntilStartedAsync(int wanted, Func<EngineEvent, bool> counts, Func<Task> order)
    {
        _started.Clear();
        _all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _wanted = wanted;
        _counts = counts;
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(order(), _all.Task).WaitAsync(Limit, time);
        _counts = _ => false;
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>Seconds from the order until no container has the label.</summary>
    public async Task<double> UntilGoneAsync(string label, Func<Task> order)
    {
        var start = Stopwatch.GetTimestamp();
        await order();
        while ((await ListAsync(label)).Count > 0)
        {
            if (Stopwatch.GetElapsedTime(start) > Limit)
                throw new TimeoutException($"containers labelled {label} are still there after {Limit.TotalMinutes:0} minutes");
            await Task.Delay(Pause, time);
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>The containers with the label and the engine each is on.</summary>
    public async Task<IReadOnlyList<(DockerEngineClient Engine, ContainerSummary Container)>> ListAsync(string label)
    {
        var lists = await Task.WhenAll(Engines.Select(async engine =>
        {
            try
            {
                return (await engine.ListContainersAsync([label], CancellationToken.None)).Select(one => (engine, one)).ToList();
            }
            catch (EngineUnavailableException)
            {
                return [];
            }
        }));
        return [.. lists.SelectMany(one => one)];
    }

    /// <summary>Kills the container's process, as its own death would.</summary>
    public async Task KillAsync(DockerEngineClient engine, string container)
    {
        var socket = SocketOf(Engines.ToList().IndexOf(engine) + 1);
        using var http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellationToken) =>
            {
                var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellationToken);
                return new NetworkStream(connection, ownsSocket: true);
            },
        });
        using var answer = await http.PostAsync(new Uri($"http://docker/containers/{container}/kill"), null);
        if (answer.StatusCode != HttpStatusCode.NoContent)
            throw new InvalidOperationException(await answer.Content.ReadAsStringAsync());
    }

    /// <summary>A verb of <c>infra/lab</c>.</summary>
    public async Task SwitchAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(labScript, arguments) { RedirectStandardOutput = true })!;
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"infra/lab {string.Join(' ', arguments)} ended with {process.ExitCode}");
    }

    private async Task FollowAsync(DockerEngineClient engine, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await foreach (var one in engine.EventsAsync(time.GetUtcNow(), cancellationToken))
                {
                    // A restarted container starts again under its id: the moment is part of what counts.
                    if (one.Action == "start" && _counts(one) && _started.TryAdd($"{one.ContainerId} {one.At:O}", 0) && _started.Count >= _wanted)
                        _all.TrySetResult();
                }
            }
            catch (EngineUnavailableException)
            {
                // Its power is off; it comes back.
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }

            await Task.Delay(Pause, time, CancellationToken.None);
        }
    }
}

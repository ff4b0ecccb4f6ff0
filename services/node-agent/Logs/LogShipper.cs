using System.Collections.Concurrent;
using Kontena.Contracts.Logs;
using Kontena.Docker;
using Kontena.NodeAgent.Instances;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Logs;

/// <summary>Follows the output of every container the supervisor sees, from where the last run of the agent left off.</summary>
/// <remarks>
/// A container without a stored position is read from its start, but no further back than a minute before this agent started.
/// When a stream is opened at a position, the lines up to that stamp are taken for sent, until the first newer one. From there on everything
/// is taken: the parts of a long line have one stamp, and those of stdout and stderr may come out of order.
/// </remarks>
internal sealed class LogShipper(
    IContainerEngine engine, InstanceSupervisor supervisor, LogBuffer buffer, LogCursors cursors, TimeProvider time, ILogger<LogShipper> logger)
    : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<string, Follower> _followers = new(StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var earliest = time.GetUtcNow() - Grace;
        using var timer = new PeriodicTimer(Look, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var seen = supervisor.Workers.SelectMany(worker => worker.Containers).ToList();
            foreach (var container in seen)
                FollowOnce(container, earliest, stoppingToken);
            foreach (var gone in _followers.Keys.Except(seen.Select(container => container.Id)).ToList())
            {
                if (_followers.TryGetValue(gone, out var follower) && follower.Ended)
                    _followers.TryRemove(gone, out _);
            }
        }
    }

    /// <summary>One reader per start of a container: a restarted container is read on from its position.</summary>
    private void FollowOnce(ContainerSight container, DateTimeOffset earliest, CancellationToken stoppingToken)
    {
        if (container.StartedAt is null || container.InstanceId is null)
            return;
        if (_followers.TryGetValue(container.Id, out var before) && (before.Start == container.StartedAt || !before.Ended))
            return;
        var follower = new Follower(container.StartedAt.Value) { Position = before?.Position ?? cursors.Find(container.Id) };
        _followers[container.Id] = follower;
        follower.Reading = FollowAsync(container, follower, earliest, stoppingToken);
    }

    private async Task FollowAsync(ContainerSight container, Follower follower, DateTimeOffset earliest, CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ReadAsync(container, follower, earliest, follow: true, stoppingToken);
                // The engine may end a stream before the container ends, for instance when it is itself restarted.
                var now = await engine.InspectContainerAsync(container.Id, stoppingToken);
                if (now is not { Running: true } || now.StartedAt != follower.Start)
                {
                    // Nor has it always given the last words of a container that has.
                    if (now is not null)
                        await ReadAsync(container, follower, earliest, follow: false, stoppingToken);
                    return;
                }
            }
            catch (EngineException error) when (error.Status is 404 or 501)
            {
                logger.LogDebug("Output of {Container} can't be read: {Reason}", container.Name, error.Message);
                return; // It has gone, or its log driver keeps nothing to read.
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                // Whatever broke the stream: it is read on from the last line.
                logger.LogDebug("Output of {Container} broke off: {Reason}", container.Name, error.Message);
            }

            await Task.Delay(Pause, time, stoppingToken);
        }
    }

    private async Task ReadAsync(ContainerSight container, Follower follower, DateTimeOffset earliest, bool follow, CancellationToken stoppingToken)
    {
        var since = follower.Position ?? (container.CreatedAt > earliest ? null : earliest);
        var sentUpTo = follower.Position;
        await foreach (var line in engine.LogsAsync(container.Id, since, tail: null, follow, stoppingToken))
        {
            if (line.At <= sentUpTo)
                continue;
            sentUpTo = null;
            if (follower.Position is not { } position || line.At > position)
                follower.Position = line.At;
            buffer.Add(Of(container, line));
        }
    }

    private static LogLine Of(ContainerSight container, ContainerLogLine line) => new()
    {
        Stack = container.Stack,
        Service = container.Service,
        Instance = container.Number,
        InstanceId = container.InstanceId!,
        ContainerName = SuccessorName.Plain(container.Name),
        ContainerId = container.Id,
        At = line.At,
        Stream = line.Stream,
        Text = line.Text,
    };

    private sealed class Follower(DateTimeOffset start)
    {
        public DateTimeOffset Start { get; } = start;

        /// <summary>The newest stamp handed on; null before the first line.</summary>
        public DateTimeOffset? Position { get; set; }
        public Task Reading { get; set; } = Task.CompletedTask;
        public bool Ended => Reading.IsCompleted;
    }
}

using System.Runtime.CompilerServices;
using Kontena.Docker;

namespace Kontena.Testing.Docker;

// Logs, events, stats and exec.
public sealed partial class FakeContainerEngine
{
    private readonly FakeEngineEvents _events = new();

    /// <summary>What a process in a container does; the default is <see cref="FakeExec.Default"/>.</summary>
    public Func<FakeContainer, ExecConfig, FakeExec> OnExec { get; set; } = static (_, config) => FakeExec.Default(config);

    /// <summary>The container writes a line.</summary>
    public void Write(string container, string text, string stream = "stdout")
    {
        lock (_lock)
        {
            var found = Existing(container);
            found.Log.Add(new ContainerLogLine(_time.GetUtcNow(), stream, text));
            found.Signal();
        }
    }

    /// <summary>Whoever follows the container's output reads its end, though the container goes on.</summary>
    public void EndLogStreams(string container)
    {
        lock (_lock)
        {
            var found = Existing(container);
            found.LogEnds = (found.LogEnds.Times + 1, found.Log.Count);
            found.Signal();
        }
    }

    /// <summary>An event that nobody asked for, e.g. of another's container.</summary>
    public void RaiseEvent(EngineEvent engineEvent) => _events.Add(engineEvent);

    /// <summary>Whoever follows the events loses the connection.</summary>
    public void BreakEventStreams() => _events.BreakAll();

    public async IAsyncEnumerable<ContainerLogLine> LogsAsync(
        string container, DateTimeOffset? since, int? tail, bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Calls.EnterAsync("Logs", container, cancellationToken);
        FakeContainer found;
        int next, ends;
        lock (_lock)
        {
            found = Existing(container);
            ends = found.LogEnds.Times;
            var first = since is { } from ? found.Log.FindIndex(line => line.At >= from) : 0;
            if (first < 0) first = found.Log.Count;
            next = tail is { } count ? Math.Max(first, found.Log.Count - count) : first;
        }

        while (true)
        {
            ContainerLogLine[] lines;
            Task changed;
            bool over;
            lock (_lock)
            {
                var ended = found.LogEnds.Times != ends;
                lines = [.. ended ? found.Log.Take(found.LogEnds.Line).Skip(next) : found.Log.Skip(next)];
                next += lines.Length;
                changed = found.Changed.Task;
                over = !follow || !found.Running || found.Removed || ended;
            }

            foreach (var line in lines) yield return line;
            if (over) yield break;
            await changed.WaitAsync(cancellationToken);
        }
    }

    public async Task<ContainerStatsSample?> StatsOnceAsync(string container, CancellationToken cancellationToken)
    {
        await Calls.EnterAsync("StatsOnce", container, cancellationToken);
        lock (_lock)
        {
            return Find(container) is not { Running: true } found
                ? null
                : new ContainerStatsSample
                {
                    At = _time.GetUtcNow(),
                    CpuTotal = found.CpuTotal,
                    MemoryUsage = found.MemoryUsage,
                    MemoryLimit = found.Config.Memory ?? Info.MemoryTotal,
                    NetworkRx = found.NetworkRx,
                    NetworkTx = found.NetworkTx,
                };
        }
    }

    public async IAsyncEnumerable<EngineEvent> EventsAsync(DateTimeOffset since, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Calls.EnterAsync("Events", "", cancellationToken);
        var (past, coming) = _events.Listen(since);
        try
        {
            foreach (var engineEvent in past) yield return engineEvent;
            await foreach (var engineEvent in coming.ReadAllAsync(cancellationToken)) yield return engineEvent;
        }
        finally
        {
            _events.Leave(coming);
        }
    }

    public async Task<IExecSession> ExecAsync(string container, ExecConfig config, CancellationToken cancellationToken)
    {
        await Calls.EnterAsync("Exec", container, cancellationToken);
        lock (_lock)
        {
            var found = Existing(container);
            if (!found.Running) throw new EngineException(409, $"Container {found.Id} is not running");
            return new FakeExecSession(OnExec(found, config));
        }
    }

    private void Raise(FakeContainer container, string action, int? exitCode = null) =>
        _events.Add(new EngineEvent(_time.GetUtcNow(), action, container.Id, container.Name, exitCode, container.Config.Labels));
}

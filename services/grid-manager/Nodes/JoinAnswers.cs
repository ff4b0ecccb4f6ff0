using Kontena.Contracts.Messaging;
using Kontena.Contracts.Nodes;
using Kontena.Hosting.Bus;
using Microsoft.Extensions.Logging;

namespace Kontena.GridManager.Nodes;

/// <summary>Tells agents no. Nothing is stored for it: an agent that is not told asks again.</summary>
internal sealed class JoinAnswers(IControlBus bus, TimeProvider time, ILogger<JoinAnswers> logger)
{
    /// <summary>An agent with a wrong token may ask every second; it is told, and the log written, at most this often.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    /// <summary>Who asks again has not heard it.</summary>
    private static readonly TimeSpan WelcomePause = TimeSpan.FromSeconds(1);
    private const int MaxRemembered = 1024;

    private readonly Lock _guard = new();
    private readonly Dictionary<string, long> _told = new(StringComparer.Ordinal);

    /// <param name="run">The process that asked; null from older agents.</param>
    public Task RefuseAsync(string nodeId, string? run, string reason, CancellationToken cancellationToken) =>
        SendAsync("refused", nodeId, To(nodeId, run), new JoinRefused { Reason = reason, Run = run }, $"Node {nodeId} may not join: {reason}", cancellationToken);

    /// <summary>Another agent has this engine id.</summary>
    public Task RefuseRivalAsync(string nodeId, string? run, string reason, CancellationToken cancellationToken) => SendAsync(
        $"rival {run}", nodeId, To(nodeId, run), new JoinRefused { Reason = reason, Run = run, Duplicate = true },
        $"A second agent with engine id {nodeId} may not join: {reason}", cancellationToken);

    /// <summary>The answer that was committed for the node's queue, for an agent that does not read that queue before it is a node.</summary>
    public Task WelcomeAsync(string nodeId, string run, NodeJoined joined, CancellationToken cancellationToken) =>
        SendAsync($"joined {run}", nodeId, To(nodeId, run), joined, null, cancellationToken);

    public Task AskForFactsAsync(string grid, string nodeId, CancellationToken cancellationToken) =>
        SendAsync("facts", nodeId, Destination.Node(nodeId), new ReportFacts { Grid = grid }, null, cancellationToken);

    private static Destination To(string nodeId, string? run) =>
        run is null ? Destination.Node(nodeId) : Destination.Queue(Queues.NodeJoin(nodeId, run));

    private async Task SendAsync(string kind, string nodeId, Destination destination, object message, string? line, CancellationToken cancellationToken)
    {
        if (!IsDue($"{kind} {nodeId}", message is NodeJoined ? WelcomePause : Pause))
            return;
        if (line is not null)
            logger.LogWarning("{Line}", line);
        try
        {
            await bus.SendAsync(destination, message, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // The node's queue may be gone with the node; should it come back, it asks again.
            logger.LogDebug("Node {NodeId} could not be told: {Reason}", nodeId, exception.Message);
        }
    }

    private bool IsDue(string key, TimeSpan pause)
    {
        lock (_guard)
        {
            if (_told.TryGetValue(key, out var last) && time.GetElapsedTime(last) < pause)
                return false;
            if (_told.Count >= MaxRemembered)
                _told.Clear();
            _told[key] = time.GetTimestamp();
            return true;
        }
    }
}

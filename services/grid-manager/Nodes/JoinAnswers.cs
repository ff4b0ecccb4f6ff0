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
    private const int MaxRemembered = 1024;

    private readonly Lock _guard = new();
    private readonly Dictionary<string, long> _told = new(StringComparer.Ordinal);

    public Task RefuseAsync(string nodeId, string reason, CancellationToken cancellationToken) =>
        SendAsync("refused", nodeId, new JoinRefused { Reason = reason }, $"Node {nodeId} may not join: {reason}", cancellationToken);

    public Task AskForFactsAsync(string grid, string nodeId, CancellationToken cancellationToken) =>
        SendAsync("facts", nodeId, new ReportFacts { Grid = grid }, null, cancellationToken);

    private async Task SendAsync(string kind, string nodeId, object message, string? line, CancellationToken cancellationToken)
    {
        if (!IsDue($"{kind} {nodeId}"))
            return;
        if (line is not null)
            logger.LogWarning("{Line}", line);
        try
        {
            await bus.SendAsync(Destination.Node(nodeId), message, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // The node's queue may be gone with the node; should it come back, it asks again.
            logger.LogDebug("Node {NodeId} could not be told: {Reason}", nodeId, exception.Message);
        }
    }

    private bool IsDue(string key)
    {
        lock (_guard)
        {
            if (_told.TryGetValue(key, out var last) && time.GetElapsedTime(last) < Pause)
                return false;
            if (_told.Count >= MaxRemembered)
                _told.Clear();
            _told[key] = time.GetTimestamp();
            return true;
        }
    }
}

using Kontena.State;
using Microsoft.Extensions.Logging;

namespace Kontena.GridManager.Nodes;

/// <summary>What a node says it says again. A report that the store can't take now is dropped, so that an outage does not fill the queue of dead letters.</summary>
internal sealed class ReportDrops(ILogger<ReportDrops> logger)
{
    public async Task OrDropAsync(string report, string nodeId, Func<Task> take)
    {
        try
        {
            await take();
        }
        catch (Exception exception) when (exception is StateUnavailableException or StateConflictException)
        {
            logger.LogDebug("{Report} of node {NodeId} is left for its repetition: {Reason}", report, nodeId, exception.Message);
        }
    }
}

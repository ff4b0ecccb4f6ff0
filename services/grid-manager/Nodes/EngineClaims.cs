using Kontena.Contracts.Messaging;
using Kontena.Contracts.Nodes;
using Kontena.State;
using Kontena.State.Documents;

namespace Kontena.GridManager.Nodes;

/// <summary>Lets one process at a time make an engine a node. A commit sees one grid alone; of two that make one engine a node of two grids, neither would see the other.</summary>
/// <remarks>Who holds the claim looks at the other grids and then commits; who comes after it looks when that is done, and finds the node.</remarks>
internal sealed class EngineClaims(IStateStore store, TimeProvider time)
{
    /// <summary>A claim that is older is that of a process that died.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(1);

    /// <summary>Of a decision: far within <see cref="Life"/>, so that nothing is committed under a claim that no longer counts.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Two seconds.</summary>
    private const int Attempts = 40;

    /// <returns>What was decided; null when somebody else holds the claim for longer than is waited.</returns>
    /// <exception cref="OperationCanceledException">Also when the decision takes too long.</exception>
    public async Task<T?> DecideAsync<T>(string nodeId, string grid, Func<CancellationToken, Task<T>> decide, CancellationToken cancellationToken)
        where T : class
    {
        var user = Queues.Node(nodeId);
        if (await TakeAsync(user, grid, cancellationToken) is not { } version)
            return null;
        using var limit = new CancellationTokenSource(Longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        // What was broken off may still be committed: the claim then stays until it no longer counts.
        var decided = await decide(either.Token);
        await ReleaseAsync(user, version, cancellationToken);
        return decided;
    }

    private async Task<long?> TakeAsync(string user, string grid, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var there = await store.GetAsync(StateKeys.EngineClaim, StateKeys.System, user, cancellationToken);
            var now = time.GetUtcNow();
            if (there is null || (now - there.Value.At).Duration() > Life)
            {
                try
                {
                    var expected = there?.Version ?? 0;
                    var batch = new CommitBatch(StateKeys.System).Put(StateKeys.EngineClaim, new EngineClaim(user, grid, Environment.MachineName, now), expected);
                    await store.CommitAsync(batch, cancellationToken);
                    return expected + 1;
                }
                catch (StateConflictException)
                {
                    // Somebody was quicker.
                }
            }

            await Task.Delay(Pause, time, cancellationToken);
        }

        return null;
    }

    private async Task ReleaseAsync(string user, long version, CancellationToken cancellationToken)
    {
        try
        {
            await store.CommitAsync(new CommitBatch(StateKeys.System).Delete(StateKeys.EngineClaim, user, version), cancellationToken);
        }
        catch (StateConflictException)
        {
            // It no longer counted, and somebody else has it.
        }
    }
}

using System.Collections.Concurrent;
using Kontena.State;

namespace Kontena.Api.Http;

/// <summary>Answers that took much reading. One is given again as long as nothing has changed that it was made of; whether it has is asked of the store each time, so whoever changed something sees it.</summary>
/// <remarks>A service of an older version changes documents without leaving a mark, hence nothing is given for longer than <see cref="Longest"/> (decision 0053).</remarks>
internal sealed class KeptAnswers(IStateStore store, TimeProvider time)
{
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    /// <summary>Bytes of all answers that are kept.</summary>
    private const long MostBytes = 64 * 1024 * 1024;

    private readonly ConcurrentDictionary<string, Kept> _kept = new(StringComparer.Ordinal);
    private long _bytes;

    /// <param name="name">Unlike that of any other answer, and only of one that is there: names that anybody can think of would fill the memory.</param>
    /// <param name="grid">Whose documents it is made of, beside its own.</param>
    /// <param name="kinds">Names of every kind of document that <paramref name="make"/> reads of the grid.</param>
    /// <param name="make">Called when there is no answer, or another is due.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<Reply> GetAsync(string name, string grid, IReadOnlyList<string> kinds, Func<Task<Reply>> make, CancellationToken cancellationToken)
    {
        // Before anything is read: what changes meanwhile makes the answer an old one.
        var readAt = time.GetTimestamp();
        var mark = await store.MarkAsync(StateKeys.System, [StateKeys.Grid.Name], cancellationToken) + "/" + await store.MarkAsync(grid, kinds, cancellationToken);
        if (_kept.TryGetValue(name, out var kept) && kept.Mark == mark && time.GetElapsedTime(kept.ReadAt) < Longest)
            return kept.Reply;

        var reply = await make();
        Keep(name, new Kept(reply, mark, readAt));
        return reply;
    }

    private void Keep(string name, Kept kept)
    {
        var before = 0;
        _kept.AddOrUpdate(name, kept, (_, old) =>
        {
            before = old.Reply.Length;
            return kept;
        });
        if (Interlocked.Add(ref _bytes, kept.Reply.Length - before) <= MostBytes)
            return;
        _kept.Clear();
        Interlocked.Exchange(ref _bytes, 0);
    }

    private sealed record Kept(Reply Reply, string Mark, long ReadAt);
}

using Kontena.Contracts.Grids;
using Kontena.Contracts.Messaging;
using Kontena.State;
using Kontena.State.Documents;

namespace Kontena.GridManager.Decisions;

/// <summary>A batch in the making for one grid: every change is announced to the grid's scheduler in the same commit.</summary>
/// <param name="grid">The grid spoken of.</param>
/// <param name="partition">Where the documents are; the grid's own by default.</param>
internal sealed class GridDraft(string grid, string? partition = null)
{
    private readonly List<string> _changes = [];

    public CommitBatch Batch { get; } = new(partition ?? grid);

    public IReadOnlyList<string> Changes => _changes;

    public void Put<T>(DocumentKind<T> kind, T document, long expected, string change)
    {
        Batch.Put(kind, document, expected);
        Announce(kind, kind.IdOf(document), change);
    }

    public void Delete<T>(DocumentKind<T> kind, string id, long expected, string change)
    {
        Batch.Delete(kind, id, expected);
        Announce(kind, id, change);
    }

    private void Announce<T>(DocumentKind<T> kind, string id, string change)
    {
        Batch.Send(Destination.Scheduler(grid), new GridFactChanged { Grid = grid, Kind = kind.Name, Id = id });
        _changes.Add(change);
    }
}

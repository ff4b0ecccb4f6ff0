using Kontena.Contracts.Events;
using Kontena.Contracts.Grids;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Services;
using Kontena.GridManager.Events;
using Kontena.State;
using Kontena.State.Documents;

namespace Kontena.GridManager.Decisions;

/// <summary>A batch in the making for one grid: every change is announced to the grid's scheduler in the same commit, and told as an event.</summary>
/// <param name="grid">The grid spoken of.</param>
/// <param name="partition">Where the documents are; the grid's own by default.</param>
internal sealed class GridDraft(string grid, string? partition = null)
{
    private readonly List<string> _changes = [];
    private readonly List<GridEvent> _events = [];

    public CommitBatch Batch { get; } = new(partition ?? grid);

    public IReadOnlyList<string> Changes => _changes;

    /// <summary>What everybody may know of it.</summary>
    public IReadOnlyList<GridEvent> Events => _events;

    /// <param name="kind">What it is.</param>
    /// <param name="document">How it becomes.</param>
    /// <param name="expected">The version that is there; 0: none is.</param>
    /// <param name="change">For the log, and for the event.</param>
    /// <param name="isNews">False for what changes all the time: no event.</param>
    public void Put<T>(DocumentKind<T> kind, T document, long expected, string change, bool isNews = true)
        where T : class
    {
        Batch.Put(kind, document, expected);
        if (isNews)
            Tell(RecordEvents.OfPut(grid, document, expected == 0, change));
        Announce(kind, kind.IdOf(document), change);
    }

    /// <summary>A service that is new or has another revision: that revision is kept, the oldest beyond what is kept goes.</summary>
    /// <param name="cause">What made the revision, as <see cref="ServiceRevision.Cause"/>.</param>
    public void PutRevision(Service service, long expected, string change, string cause)
    {
        Put(StateKeys.Service, service, expected, change);
        Batch.Put(StateKeys.ServiceRevision, new ServiceRevision
        {
            Grid = service.Grid,
            Stack = service.Stack,
            Service = service.Name,
            ServiceUid = service.Uid,
            Revision = service.Revision,
            Spec = service.Spec,
            StackRevision = service.StackRevision,
            Cause = cause,
            CreatedAt = service.UpdatedAt,
        }, CommitBatch.AnyVersion);
        if (service.Revision > ServiceRevision.Kept)
            Batch.Delete(StateKeys.ServiceRevision, ServiceRevision.DocumentId(service.Uid, service.Revision - ServiceRevision.Kept), CommitBatch.AnyVersion);
    }

    /// <summary>Revisions that were kept of a service that is gone.</summary>
    public void ForgetRevisions(Service service)
    {
        for (var revision = Math.Max(1, service.Revision - ServiceRevision.Kept + 1); revision <= service.Revision; revision++)
            Batch.Delete(StateKeys.ServiceRevision, ServiceRevision.DocumentId(service.Uid, revision), CommitBatch.AnyVersion);
    }

    public void Delete<T>(DocumentKind<T> kind, string id, long expected, string change)
    {
        Batch.Delete(kind, id, expected);
        Tell(RecordEvents.OfDelete(grid, kind, id, change));
        Announce(kind, id, change);
    }

    /// <summary>Without a word to the scheduler: for what no placement depends on.</summary>
    public void Keep<T>(DocumentKind<T> kind, T document, long expected, string change)
        where T : class
    {
        Batch.Put(kind, document, expected);
        Tell(RecordEvents.OfPut(grid, document, expected == 0, change));
        _changes.Add(change);
    }

    /// <inheritdoc cref="Keep"/>
    public void Drop<T>(DocumentKind<T> kind, string id, long expected, string change)
    {
        Batch.Delete(kind, id, expected);
        Tell(RecordEvents.OfDelete(grid, kind, id, change));
        _changes.Add(change);
    }

    private void Tell(GridEvent? told)
    {
        if (told is not null)
            _events.Add(told);
    }

    private void Announce<T>(DocumentKind<T> kind, string id, string change)
    {
        Batch.Send(Destination.Scheduler(grid), new GridFactChanged { Grid = grid, Kind = kind.Name, Id = id });
        _changes.Add(change);
    }
}

using Kontena.Contracts.Grids;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Services;
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
        Announce(kind, id, change);
    }

    /// <summary>Without a word to the scheduler: for what no placement depends on.</summary>
    public void Keep<T>(DocumentKind<T> kind, T document, long expected, string change)
    {
        Batch.Put(kind, document, expected);
        _changes.Add(change);
    }

    /// <inheritdoc cref="Keep"/>
    public void Drop<T>(DocumentKind<T> kind, string id, long expected, string change)
    {
        Batch.Delete(kind, id, expected);
        _changes.Add(change);
    }

    private void Announce<T>(DocumentKind<T> kind, string id, string change)
    {
        Batch.Send(Destination.Scheduler(grid), new GridFactChanged { Grid = grid, Kind = kind.Name, Id = id });
        _changes.Add(change);
    }
}

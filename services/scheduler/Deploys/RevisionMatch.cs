using Kontena.Contracts.Instances;
using Kontena.Contracts.Services;

namespace Kontena.Scheduler.Deploys;

/// <summary>Whether an instance was ordered with what its service is now.</summary>
internal static class RevisionMatch
{
    /// <remarks>A rollback makes a new revision with the content of an older one: what still runs that one is right as it is.</remarks>
    public static bool IsCurrent(Service service, InstanceSpec spec) =>
        spec.ServiceRevision >= service.Revision
        || (service.RolledBack is { } rollback && rollback.Revision == service.Revision && spec.ServiceRevision == rollback.ToRevision);
}

using Kontena.Contracts.Deploys;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Services;
using Kontena.Scheduler.Snapshots;

namespace Kontena.Scheduler.Deploys;

/// <summary>All instances of one deploy run one image, also when its tag moves meanwhile. The first that runs says what the tag meant; later ones
/// are ordered with that, and those that had looked at the tag themselves and found another are ordered again. Pure.</summary>
internal static class ImagePinning
{
    /// <summary>What the deploy is known to run, or what its first instance says now; null while nobody has.</summary>
    public static PinnedImage? Of(GridDraft draft, ServiceDeploy deploy, Service service, IReadOnlyList<Instance> own)
    {
        if (deploy.Image is { } known && known.Name == service.Spec.Image)
            return known;
        if (deploy.State == DeployState.Created && Inherited(draft, deploy, service) is { } inherited)
            return inherited;
        return own
            .Where(one => one.Spec is { } spec && spec.DeployRev == deploy.DeployRev && spec.Image == service.Spec.Image)
            .OrderBy(one => one.Number)
            .Select(one => Reported(one, draft.ObservedOf(one)))
            .FirstOrDefault(pin => pin is not null) is { } found ? new PinnedImage(service.Spec.Image, found) : null;
    }

    /// <summary>It was ordered without a pin and runs another image than the rest. One that was ordered with it has done what it could.</summary>
    public static bool IsAnother(PinnedImage? image, Instance instance, InstanceObserved? observed) =>
        image is not null && instance.Spec is { ImagePin: null } spec && spec.Image == image.Name
        && IsPortable(image.Pin) && Reported(instance, observed) is { } pin && IsPortable(pin) && pin != image.Pin;

    public static string? For(PinnedImage? image, Service service) => image?.Name == service.Spec.Image ? image.Pin : null;

    // What repairs runs what is there already; what is rolled back, what ran then. A person's deploy looks at the tag anew.
    private static PinnedImage? Inherited(GridDraft draft, ServiceDeploy deploy, Service service)
    {
        var isRollback = service.RolledBack is { } made && made.Revision == service.Revision;
        if (!deploy.Automatic && !isRollback)
            return null;
        var good = DeployQueue.Of(draft, service.Stack, service.Name)
            .Where(one => one is { State: DeployState.Success, Image: not null } && one.ServiceUid == service.Uid && one.Image.Name == service.Spec.Image);
        var same = good.Where(one => one.ServiceRevision == service.Revision
            || (isRollback && one.ServiceRevision == service.RolledBack!.ToRevision));
        return same.MaxBy(one => one.Id, StringComparer.Ordinal)?.Image;
    }

    private static string? Reported(Instance instance, InstanceObserved? observed) =>
        InstanceReadiness.IsFresh(instance, observed)
        && observed is { State: ObservedState.Running, ImagePin: { } pin }
        && observed.DeployRev == instance.Spec!.DeployRev && observed.ServiceRevision == instance.Spec.ServiceRevision
            ? pin
            : null;

    private static bool IsPortable(string pin) => pin.Contains('@', StringComparison.Ordinal);
}

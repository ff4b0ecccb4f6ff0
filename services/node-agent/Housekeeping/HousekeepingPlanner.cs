using Kontena.Contracts.Instances;
using Kontena.Docker;
using Kontena.NodeAgent.Instances;

namespace Kontena.NodeAgent.Housekeeping;

/// <summary>Decides what may go from a machine whose disk fills (runtime.md §3.6, without its mistakes). Pure.</summary>
/// <remarks>An image goes only when an order once named it, nothing uses it, no order wants it, it was not used for an hour, and it is none of
/// the last two of a service that is here, to which a roll-back may go. Volumes are no subject here at all.</remarks>
internal static class HousekeepingPlanner
{
    /// <summary>An image, or a hook's container, that was used within this time stays.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromHours(1);

    /// <summary>Images kept per service that has an instance here.</summary>
    public const int KeptPerService = 2;

    public static HousekeepingPlan Plan(HousekeepingScene scene)
    {
        var hooks = Hooks(scene);
        if (scene.Disk is not { } disk || disk.Percent < scene.High)
            return new HousekeepingPlan(hooks, [], []);

        var inUse = scene.Containers.Select(one => one.ImageId).ToHashSet(StringComparer.Ordinal);
        var wanted = Wanted(scene).Select(ImageNames.Normal).ToHashSet(StringComparer.Ordinal);
        var forRollback = ForRollback(scene);
        var uses = scene.Uses.ToLookup(use => use.ImageId, StringComparer.Ordinal);
        var going = new List<(ImageRemoval Removal, DateTimeOffset LastUsed)>();
        var kept = new List<ImageKept>();
        foreach (var image in scene.Images)
        {
            var own = uses[image.Id].ToList();
            if (WhyKept(scene.Now, image, own, inUse, wanted, forRollback) is { } reason)
                kept.Add(new ImageKept(image.Id, NameOf(image), reason));
            else
                going.Add((Removal(scene.Now, image, own), own.Max(use => use.LastUsedAt)));
        }

        return new HousekeepingPlan(hooks, [.. going.OrderBy(one => one.LastUsed).ThenBy(one => one.Removal.ImageId, StringComparer.Ordinal).Select(one => one.Removal)], kept);
    }

    /// <summary>Whether enough has been removed.</summary>
    public static bool IsEnough(DiskUse? disk, double low) => disk is null || disk.Percent < low;

    private static string? WhyKept(
        DateTimeOffset now, ImageSummary image, List<ImageUse> uses, HashSet<string> inUse, HashSet<string> wanted, Dictionary<string, string> forRollback)
    {
        if (uses.Count == 0)
            return "no order ever named it";
        if (inUse.Contains(image.Id))
            return "a container uses it";
        if (image.RepoTags.Concat(image.RepoDigests).FirstOrDefault(name => wanted.Contains(ImageNames.Normal(name))) is { } name)
            return $"an order wants {name}";
        var ordered = uses.Select(use => ImageNames.Normal(use.Reference)).ToHashSet(StringComparer.Ordinal);
        if (image.RepoTags.FirstOrDefault(tag => !ordered.Contains(ImageNames.Normal(tag))) is { } other)
            return $"it is also {other}, which no order named";
        var unused = now - uses.Max(use => use.LastUsedAt);
        if (unused < Fresh)
            return $"it was used {Math.Max(0, unused.TotalMinutes):0} minutes ago";
        return forRollback.TryGetValue(image.Id, out var service) ? $"one of the last {KeptPerService} of service {service}" : null;
    }

    private static ImageRemoval Removal(DateTimeOffset now, ImageSummary image, List<ImageUse> uses)
    {
        var reason = $"unused for {(now - uses.Max(use => use.LastUsedAt)).TotalHours:0.0} h";
        return new ImageRemoval(image.Id, image.RepoTags.Count > 0 ? image.RepoTags : [image.Id], image.Size, reason);
    }

    private static IEnumerable<string> Wanted(HousekeepingScene scene) =>
        scene.Orders.Where(order => order.Desired != DesiredState.Removed).Select(order => order.Spec?.Image).OfType<string>();

    /// <summary>Image id to the service for which it is kept.</summary>
    private static Dictionary<string, string> ForRollback(HousekeepingScene scene)
    {
        var here = scene.Orders
            .Where(order => order is { Desired: not DesiredState.Removed, Spec: not null })
            .GroupBy(order => order.Spec!.ServiceUid, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => $"{group.First().Spec!.Stack}/{group.First().Spec!.Service}", StringComparer.Ordinal);
        var kept = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var service in scene.Uses.Where(use => here.ContainsKey(use.ServiceUid)).GroupBy(use => use.ServiceUid, StringComparer.Ordinal))
        {
            var last = service.GroupBy(use => use.ImageId, StringComparer.Ordinal)
                .OrderByDescending(uses => uses.Max(use => use.LastUsedAt))
                .ThenBy(uses => uses.Key, StringComparer.Ordinal)
                .Take(KeptPerService);
            foreach (var uses in last)
                kept.TryAdd(uses.Key, here[service.Key]);
        }

        return kept;
    }

    /// <summary>Those of known instances are the supervisor's; a container that runs an instance is never ours to remove without an order.</summary>
    private static List<HookRemoval> Hooks(HousekeepingScene scene) =>
    [
        .. from one in scene.Containers
           where one.Labels.GetValueOrDefault(ManagedLabels.Type) == ManagedLabels.HookType
               && one.State is "exited" or "dead" or "created"
               && scene.Now - one.CreatedAt >= Fresh
               && scene.Orders.All(order => order.InstanceId != one.Labels.GetValueOrDefault(ManagedLabels.InstanceId))
           select new HookRemoval(one.Id, one.Name, $"a hook's container, {one.State}, of an instance that nobody ordered here"),
    ];

    private static string NameOf(ImageSummary image) => image.RepoTags.Concat(image.RepoDigests).FirstOrDefault() ?? image.Id;
}

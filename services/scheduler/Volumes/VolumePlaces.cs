using Kontena.Contracts.Volumes;

namespace Kontena.Scheduler.Volumes;

/// <summary>The volumes of a grid and where their data is, as placement asks for them.</summary>
internal sealed class VolumePlaces(Func<string, Volume?> find, Func<IEnumerable<VolumeInstance>> places)
{
    private ILookup<string, VolumeInstance>? _byName;

    public static VolumePlaces None { get; } = new(_ => null, () => []);

    /// <summary>The volume of that name; null when there is none, or it is being removed.</summary>
    public Volume? Find(string name) => find(name) is { RemovedAt: null } found ? found : null;

    /// <summary>Every machine that has a Docker volume of that name, to be removed or not.</summary>
    public IEnumerable<VolumeInstance> On(string dockerName) =>
        // Made at the first question: most services mount no volume.
        (_byName ??= places().ToLookup(one => one.Name, StringComparer.Ordinal))[dockerName];
}

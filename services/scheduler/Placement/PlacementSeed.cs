using Kontena.Contracts.Services;

namespace Kontena.Scheduler.Placement;

/// <summary>The lots a service draws: its own, and the same on every run, so that a plan made again is the same plan.</summary>
internal static class PlacementSeed
{
    public static ulong Of(Service service)
    {
        var hash = 14695981039346656037UL;
        foreach (var character in service.Uid)
            hash = unchecked((hash ^ character) * 1099511628211UL);
        return hash;
    }
}
